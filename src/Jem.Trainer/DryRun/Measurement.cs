using System.Diagnostics;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Sessions;
using Jem.Trainer.Training;

namespace Jem.Trainer.DryRun;

/// <summary>What some steps of a program take.</summary>
/// <param name="StepSeconds">Median of the steps after the first, which also sets things up. Another program's work is not in it.</param>
/// <param name="ViewSeconds">The views of a step, made by one thread.</param>
/// <param name="PeakBytes">The largest memory of the process so far.</param>
/// <param name="BatchBytes">The views of a step.</param>
/// <param name="OnHost">Whether the program runs on the cores that make views.</param>
/// <param name="Workers">Threads that will make views.</param>
internal sealed record Measurement(double StepSeconds, double ViewSeconds, long PeakBytes, long BatchBytes, bool OnHost, int Workers)
{
    private const int LeastSteps = 5;
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(3);

    public static Measurement Of(PreparedRun run, Action<string> say)
    {
        var device = new Device(run.Device);
        var folder = Directory.CreateTempSubdirectory("jem-dry-run-").FullName;
        try
        {
            say("Writing the program");
            foreach (var (name, bytes) in run.Program.Files)
            {
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
            }

            say("Opening the program");
            using var runner = new StepRunner(folder, device, run.Request.Options.Kit.Kinds);
            var views = Views(run, runner, say);
            var step = Steps(runner, say);

            // A checkpoint holds a copy of everything for a moment.
            GC.KeepAlive(runner.Snapshot());
            var batch = run.Program.Manifest.Batch.Keys.Sum(input => (long)runner.Batch(input).Length);
            return new Measurement(step, views, Peak(), batch, device.Memory is null, run.Request.Loading.Workers ?? new ViewLoaderOptions().Workers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Views are made while the step before runs. On the host's cores both share them, so their work adds up; elsewhere the slower of the
    /// two counts. Either way views are not made faster than the loader's threads make them.
    /// </summary>
    public double SecondsPerStep(int cores) => Math.Max(StepSeconds + (OnHost ? ViewSeconds / cores : 0), ViewSeconds / Workers);

    private static double Views(PreparedRun run, StepRunner runner, Action<string> say)
    {
        say("Measuring views");
        var program = run.Program.Manifest;
        var options = new ViewLoaderOptions { Batch = program.BatchSize, Seed = program.Seed, Kinds = run.Request.Options.Kit.Inputs };
        using var loader = new ViewLoader(run.Images, program.Batch, options);
        var start = Stopwatch.GetTimestamp();
        loader.Fill(0, runner.Batch);
        if (Stopwatch.GetElapsedTime(start) < s_enough)
        {
            // The first batch also pays for compiling the code.
            start = Stopwatch.GetTimestamp();
            loader.Fill(loader.StepsPerEpoch > 1 ? 1 : 0, runner.Batch);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Steps(StepRunner runner, Action<string> say)
    {
        say("Measuring steps");
        runner.Step();
        var (steps, start) = (new List<double>(), Stopwatch.GetTimestamp());
        while (steps.Count < LeastSteps || Stopwatch.GetElapsedTime(start) < s_enough)
        {
            var began = Stopwatch.GetTimestamp();
            runner.Step();
            steps.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            say($"Measuring steps: {steps.Count}");
        }

        steps.Sort();
        return steps[steps.Count / 2];
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
