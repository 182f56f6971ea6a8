using System.Diagnostics;

namespace Jem.Quality;

/// <summary>The command <c>jem</c> as a process of its own.</summary>
internal static class JemCommand
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Jem.Trainer.Tool.dll");

    /// <summary>Runs it to its end; what it says goes to the error stream.</summary>
    /// <returns>How long it took, and the most memory it held.</returns>
    public static (TimeSpan Elapsed, double PeakMib) Run(params IEnumerable<string> arguments)
    {
        var line = arguments.ToList();
        Console.Error.WriteLine($"\njem {string.Join(' ', line)}");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [s_program, .. line]))!;
        var peak = 0L;

        // The peak is the process's own account, so that only its last moments can be missed.
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(200)))
        {
            process.Refresh();
            peak = Math.Max(peak, Peak(process));
        }

        return process.ExitCode == 0 ? (clock.Elapsed, peak / 1048576.0) : throw new InvalidOperationException($"jem {line[0]} ended with {process.ExitCode}.");
    }

    private static long Peak(Process process)
    {
        try
        {
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
            return 0;
        }
    }
}
