using System.Diagnostics;

namespace Jem.Checks.Cuda;

/// <summary><c>jem</c> in a process of its own: this program, called again.</summary>
internal sealed class JemProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    public JemProcess(params string[] arguments)
    {
        // In a build for development the program is a library that dotnet runs.
        var own = Environment.ProcessPath!;
        string[] all = Path.GetFileNameWithoutExtension(own) == "dotnet" ? [typeof(JemProcess).Assembly.Location, "jem", .. arguments] : ["jem", .. arguments];
        _process = Process.Start(new ProcessStartInfo(own, all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends it as a power cut does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends it as Ctrl-C does, which saves.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
        _process.WaitForExit();
    }

    /// <exception cref="InvalidOperationException">It fails; the message has what it said.</exception>
    public void Finish()
    {
        _process.WaitForExit();
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"jem ends with {_process.ExitCode}: {_error.Result.Trim()}");
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>Runs it to its end.</summary>
    /// <inheritdoc cref="Finish"/>
    public static void Run(params string[] arguments)
    {
        using var process = new JemProcess(arguments);
        process.Finish();
    }
}
