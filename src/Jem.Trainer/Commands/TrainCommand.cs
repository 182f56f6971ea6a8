using System.CommandLine;
using Jem.Kernels;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.DryRun;
using Jem.Trainer.Reporting;
using Jem.Trainer.Reporting.Progress;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.Training;

namespace Jem.Trainer.Commands;

/// <summary><c>jem train</c>: data in, a run folder with a trained encoder out; or a run that goes on.</summary>
internal static class TrainCommand
{
    public static Command Create(JemKit kit)
    {
        var command = new Command(
            "train",
            "Train an encoder on images, or go on with a run that was stopped.\n\nExample:\n"
            + "  jem train simclr --data folder:photos --out runs/photos\n  jem train --resume runs/photos");
        var shown = new OutputFlags("Print JSON on the output and nothing else, one object a line: start, progress, end. Messages go to the error stream.");
        var options = new OptionFlags(kit, methodRequired: false, fitted: "[by the images and the machine; with a preset, its own]");
        var flags = new Flags(kit, options, new RunFlags(), new DeviceFlags(), shown);
        flags.Options.AddTo(command);
        flags.Run.AddTo(command);
        flags.Device.AddTo(command);
        flags.Output.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, flags, cancellation), CancellationToken.None));
        return command;
    }

    private sealed record Flags(JemKit Kit, OptionFlags Options, RunFlags Run, DeviceFlags Device, OutputFlags Output);

    private static int Run(ParseResult parsed, Flags flags, CancellationToken cancellation)
    {
        var output = flags.Output.Of(parsed);
        if (flags.Run.IsDryRun(parsed))
        {
            var estimate = StatusLine.Run(status => Estimate(parsed, flags, Loading(status, output, cancellation), status), output);
            estimate.Choices.ToList().ForEach(output.Say);
            output.Result(estimate.ToJson(), EstimateTable.Of(estimate));
            return CommandHost.Done;
        }

        var (job, plan) = StatusLine.Run(status => Job(parsed, flags, Loading(status, output, cancellation)), output);
        using var held = job;
        if (job.Config.Device is { Device: DeviceOptions.Gpu, Kernels: true, EpLibrary: null } && JemKernels.MissingForCuda is { } missing)
        {
            output.Warn(missing);
        }

        plan.ForEach(output.Say);
        output.Say(job.Summary);
        job.Run(Progress(output), RunWatch.Of(job.Folder, job.Images, cancellation), cancellation);
        output.Say($"{job.Folder.Report} shows the run. Next: {Next(job, flags.Kit)}");
        return CommandHost.Done;
    }

    private static RunEstimate Estimate(ParseResult parsed, Flags flags, LoadingOptions loading, Action<string> status) =>
        flags.Run.Resume(parsed) is null
        ? RunEstimate.Of(PreparedRun.Of(flags.Run.New(parsed, flags.Options.Request(parsed), flags.Device, loading)), status)
        : throw new UsageException("--dry-run shows what a new run would be: leave --resume out.");

    private static (TrainingJob Job, List<string> Plan) Job(ParseResult parsed, Flags flags, LoadingOptions loading)
    {
        var options = flags.Options.Request(parsed);
        if (flags.Run.Resume(parsed) is { } run)
        {
            return (TrainingJob.Resume(RunFolder.Open(run, flags.Kit.Kinds), flags.Run.GoOn(parsed, options, flags.Device, loading)), []);
        }

        var prepared = PreparedRun.Of(flags.Run.New(parsed, options, flags.Device, loading));
        return (TrainingJob.Begin(prepared), [.. RunPlan.Lines(prepared)]);
    }

    private static LoadingOptions Loading(Action<string> status, Output output, CancellationToken cancellation) =>
        new() { Status = status, Warn = output.Warn, Cancellation = cancellation };

    // Not every set can be asked everything.
    private static string Next(TrainingJob job, JemKit kit)
    {
        var (run, data) = (ShellWord.Of(job.Folder.Root), job.Config.Data);
        var protocol = DataSets.HasSplit(new DataFlag(kit.Data).Parse(data), DataSplit.Test) ? "" : " --protocol knn,retrieval";
        return job.Images.Labels is null ? $"jem export {run} --out DIR" : $"jem eval {run} --data {ShellWord.Of(data)}{protocol}";
    }

    private static ITrainingProgress Progress(Output output)
    {
        if (output.Json || output.Quiet)
        {
            return output.Json ? new JsonProgress(output.Out) : new QuietProgress(message => output.Warn($"warning: {message}"));
        }

        var console = output.Console;
        return console.Profile.Capabilities.Interactive ? new LiveProgress(console) : new LineProgress(output.Out, TimeSpan.FromSeconds(5));
    }
}
