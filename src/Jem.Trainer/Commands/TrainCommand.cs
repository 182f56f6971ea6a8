using System.CommandLine;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;
using Jem.Trainer.Training.Progress;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary><c>jem train</c>: data in, a run folder with a trained encoder out; or a run that goes on.</summary>
public static class TrainCommand
{
    public static Command Create()
    {
        var flags = new OptionFlags(methodRequired: false);
        var device = new DeviceFlags();
        var run = new RunFlags();
        var command = new Command("train", "Train an encoder on images, or go on with a run that was stopped.\n\nExample:\n  jem train simclr --data folder:photos --image-size 128 --epochs 100 --out runs/photos\n  jem train --resume runs/photos");
        flags.AddTo(command);
        run.AddTo(command);
        device.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, flags, run, device, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, OptionFlags flags, RunFlags run, DeviceFlags device, CancellationToken cancellation)
    {
        using var job = run.Resume(parsed) is { } resumed
            ? TrainingJob.Resume(RunFolder.Open(resumed), run.ResumeRequest(parsed, flags.Request(parsed), device))
            : TrainingJob.Begin(PreparedRun.Of(run.Plan(parsed, flags.Request(parsed), device)));
        var quiet = run.IsQuiet(parsed);
        if (!quiet)
        {
            Console.WriteLine(job.Summary);
        }

        job.Run(Progress(quiet), cancellation);
        if (!quiet)
        {
            Console.WriteLine($"Next: jem eval {job.Folder.Root} --data {job.Data}");
        }

        return CommandHost.Done;
    }

    private static ITrainingProgress Progress(bool quiet) => quiet ? new QuietProgress()
        : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new LiveProgress(AnsiConsole.Console)
        : new LineProgress(Console.Out, TimeSpan.FromSeconds(5));
}
