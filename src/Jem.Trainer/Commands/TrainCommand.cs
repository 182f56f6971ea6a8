using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Planning;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Commands;

/// <summary><c>jem train</c>: data in, a run folder with a trained encoder out; or a run that goes on.</summary>
public static class TrainCommand
{
    public static Command Create(JemKit kit)
    {
        var command = new Command("train", "Train an encoder on images, or go on with a run that was stopped.\n\nExample:\n  jem train simclr --data folder:photos --image-size 128 --epochs 100 --out runs/photos\n  jem train --resume runs/photos");
        var flags = new Flags(new OptionFlags(kit, methodRequired: false), new RunFlags(kit), new DeviceFlags(), new OutputFlags("Print JSON on the output and nothing else, one object a line: start, progress, end. Messages go to the error stream."));
        flags.Options.AddTo(command);
        flags.Run.AddTo(command);
        flags.Device.AddTo(command);
        flags.Output.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, flags, kit, cancellation), CancellationToken.None));
        return command;
    }

    private sealed record Flags(OptionFlags Options, RunFlags Run, DeviceFlags Device, OutputFlags Output);

    private static int Run(ParseResult parsed, Flags flags, JemKit kit, CancellationToken cancellation)
    {
        var output = flags.Output.Of(parsed);
        if (flags.Run.IsDryRun(parsed))
        {
            var plan = StatusLine.Run(status => DryRun.Of(PreparedRun.Of(Plan(parsed, flags, status, cancellation)), status), output.Quiet);
            output.Result(plan.ToJson(), DryRunTable.Of(plan));
            return CommandHost.Done;
        }

        using var job = StatusLine.Run(status => Job(parsed, flags, kit, status, cancellation), output.Quiet);
        output.Say(job.Summary);
        job.Run(Progress(output), cancellation);
        output.Say($"{job.Folder.Report} shows the run. Next: {Next(job, kit)}");
        return CommandHost.Done;
    }

    private static TrainingJob Job(ParseResult parsed, Flags flags, JemKit kit, Action<string> status, CancellationToken cancellation) => flags.Run.Resume(parsed) is { } run
        ? TrainingJob.Resume(RunFolder.Open(run, kit.Kinds), flags.Run.ResumeRequest(parsed, flags.Options.Request(parsed), flags.Device, Loading(status, cancellation)))
        : TrainingJob.Begin(PreparedRun.Of(Plan(parsed, flags, status, cancellation)));

    private static TrainingPlan Plan(ParseResult parsed, Flags flags, Action<string> status, CancellationToken cancellation) =>
        flags.Run.Plan(parsed, flags.Options.Request(parsed), flags.Device, Loading(status, cancellation));

    private static LoadingOptions Loading(Action<string> status, CancellationToken cancellation) =>
        new() { Status = status, Warn = DataFlag.Warn, Cancellation = cancellation };

    // Not every set can be asked everything.
    private static string Next(TrainingJob job, JemKit kit) => job.Images.Labels is null
        ? $"jem export {ShellWord.Of(job.Folder.Root)} --out DIR"
        : $"jem eval {ShellWord.Of(job.Folder.Root)} --data {ShellWord.Of(job.Data)}{(DataSets.HasSplit(new DataFlag(kit.Data).Parse(job.Data), DataSplit.Test) ? "" : " --protocol knn,retrieval")}";

    private static ITrainingProgress Progress(Output output)
    {
        if (output.Json || output.Quiet)
        {
            return output.Json ? new JsonProgress(Console.Out) : new QuietProgress(message => DataFlag.Warn($"warning: {message}"));
        }

        var console = Output.On(Console.Out, Console.IsOutputRedirected);
        return console.Profile.Capabilities.Interactive ? new LiveProgress(console) : new LineProgress(Console.Out, TimeSpan.FromSeconds(5));
    }
}
