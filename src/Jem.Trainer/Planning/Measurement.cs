using System.Diagnostics;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Planning;

/// <summary>What some steps of a program take.</summary>
/// <param name="StepSeconds">Mean over the steps after the first, which also sets things up.</param>
/// <param name="ViewSeconds">The views of a step, made by one thread.</param>
/// <param name="PeakBytes">The largest memory of the process so far.</param>
/// <param name="BatchBytes">The views of a step.</param>
/// <param name="OnHost">Whether the program runs on the cores that make views.</param>
internal sealed record Measurement(double StepSeconds, double ViewSeconds, long PeakBytes, long BatchBytes, bool OnHost)
{
    private const int LeastSteps = 2;
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(3);

    /// <returns>Name and size of the program's files, and what was measured.</returns>
    public static (IReadOnlyDictionary<string, long> Files, Measurement Measured) Of(TrainingProgram program, MethodOptions options, ViewLoader loader, Device device, Action<string> say)
    {
        var folder = Directory.CreateTempSubdirectory("jem-dry-run-").FullName;
        try
        {
            say("Writing the program");
            var sizes = new Dictionary<string, long>();
            foreach (var (name, bytes) in ProgramWriter.Files(program))
            {
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
                sizes[name] = bytes.Length;
            }

            say("Opening the program");
            using var runner = new StepRunner(folder, device);
            var views = Views(loader, runner, options.Batch, say);
            var step = Steps(runner, say);

            // A checkpoint holds a copy of everything for a moment.
            GC.KeepAlive(runner.Snapshot());
            return (sizes, new Measurement(step, views, Peak(), runner.Batch("views").Length, device.Memory is null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Views(ViewLoader loader, StepRunner runner, int batch, Action<string> say)
    {
        say("Measuring views");
        var (images, start) = (new long[batch], Stopwatch.GetTimestamp());
        loader.Batch(0, runner.Batch("views"), images);
        if (Stopwatch.GetElapsedTime(start) < s_enough)
        {
            // The first batch also pays for compiling the code.
            start = Stopwatch.GetTimestamp();
            loader.Batch(loader.StepsPerEpoch > 1 ? 1 : 0, runner.Batch("views"), images);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Steps(StepRunner runner, Action<string> say)
    {
        say("Measuring steps");
        runner.Step();
        var (done, start) = (0, Stopwatch.GetTimestamp());
        while (done < LeastSteps || Stopwatch.GetElapsedTime(start) < s_enough)
        {
            runner.Step();
            done++;
            say($"Measuring steps: {done}");
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / done;
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
