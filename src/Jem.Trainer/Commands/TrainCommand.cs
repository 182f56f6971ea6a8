using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.Training;
using Jem.Trainer.Training.Progress;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary><c>jem train</c>: data in, a run folder with a trained encoder out.</summary>
public static class TrainCommand
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var flags = new OptionFlags();
        var device = new DeviceFlags();
        var data = DataFlag.Create();
        var output = new Option<string>("--out") { Description = "The run folder to make.", Required = true, HelpName = "RUN" };
        var epochs = new Option<double?>("--epochs") { Description = "How often to go through the images; parts are allowed [100].", HelpName = "N" };
        var steps = new Option<long?>("--steps") { Description = "How many steps to train, instead of --epochs.", HelpName = "N" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Delete the run that is in --out." };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress." };
        var command = new Command("train", "Train an encoder on images.\n\nExample:\n  jem train simclr --data folder:photos --image-size 128 --epochs 100 --out runs/photos")
        {
            data, output, epochs, steps, overwrite, quiet,
        };
        flags.AddTo(command);
        device.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                flags.Request(parsed),
                new Plan(parsed.GetValue(data)!, parsed.GetValue(output)!, parsed.GetValue(epochs), parsed.GetValue(steps), parsed.GetValue(overwrite), parsed.GetValue(quiet)),
                device.Options(parsed),
                cancellation),
            CancellationToken.None));
        return command;
    }

    private sealed record Plan(string Data, string Out, double? Epochs, long? Steps, bool Overwrite, bool Quiet);

    private static int Run(TrainingRequest request, Plan plan, DeviceOptions deviceOptions, CancellationToken cancellation)
    {
        if (plan is { Epochs: not null, Steps: not null } || plan.Epochs is not (null or (> 0 and < 1e6)) || plan.Steps is <= 0)
        {
            throw new UsageException("Give --epochs or --steps, not both, and more than 0.");
        }

        RunFolder.Check(plan.Out, plan.Overwrite);
        var device = new Device(deviceOptions);
        var images = DataFlag.Open(plan.Data, DataSplit.Train, shortSide: 2 * TrainingConfig.ImageSize(request));
        var statistics = ChannelStatistics.Of(images, limit: 10_000);
        var options = TrainingConfig.Resolve(request, new ImageStatistics(images.Channels, statistics.Mean, statistics.Std));

        // Building checks every option; only then is anything written.
        var program = TrainingConfig.Build(request.Method, options);
        using var loader = new ViewLoader(images, options.Views, new ViewLoaderOptions { Batch = options.Batch, Seed = options.Seed });
        var steps = plan.Steps ?? (long)Math.Max(1, Math.Round((plan.Epochs ?? 100) * loader.StepsPerEpoch));
        var run = RunFolder.Create(plan.Out, Config(request, plan, options, images, steps, deviceOptions), plan.Overwrite);
        foreach (var (name, bytes) in ProgramWriter.Files(program))
        {
            File.WriteAllBytes(Path.Combine(run.Program, name), bytes);
        }

        if (!plan.Quiet)
        {
            Console.WriteLine($"{request.Method}, {options.Backbone.Name} of width {options.Backbone.Width}, {images.Count:N0} images, batch {options.Batch}, {steps:N0} steps ({(double)steps / loader.StepsPerEpoch:G3} epochs).");
        }

        using var runner = new StepRunner(run.Program, device);
        var schedule = ProgramWriter.Manifest(program).Schedules;
        var loop = new TrainLoop(runner, loader, schedule, run, new TrainLoopOptions(steps, options.Batch, options.Seed), Progress(plan.Quiet));
        loop.Run(cancellation);
        EncoderExport.Write(EncoderSource.OfRun(run), run.Root);
        if (!plan.Quiet)
        {
            Console.WriteLine($"Next: jem eval {plan.Out} --data {plan.Data}");
        }

        return CommandHost.Done;
    }

    private static JsonObject Config(TrainingRequest request, Plan plan, MethodOptions options, IImageSet images, long steps, DeviceOptions device) => new()
    {
        ["method"] = request.Method,
        ["data"] = plan.Data,
        ["data_provenance"] = images.Provenance,
        ["data_fingerprint"] = images.Fingerprint,
        ["images"] = images.Count,
        ["steps"] = steps,
        ["device"] = JsonSerializer.SerializeToNode(device, s_json),
        ["options"] = JsonSerializer.SerializeToNode(options, options.GetType(), s_json),
    };

    private static ITrainingProgress Progress(bool quiet) => quiet ? new QuietProgress()
        : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new LiveProgress(AnsiConsole.Console)
        : new LineProgress(Console.Out, TimeSpan.FromSeconds(5));
}
