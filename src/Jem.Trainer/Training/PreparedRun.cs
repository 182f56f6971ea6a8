using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Naming;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>A plan whose images are open and whose options are resolved and checked. Nothing is written yet.</summary>
public sealed record PreparedRun(TrainingPlan Plan, IImageSet Images, MethodOptions Options, TrainingProgram Program, long Steps, long StepsPerEpoch)
{
    /// <exception cref="UsageException">An option is wrong.</exception>
    /// <exception cref="DataException">The images are not there, or too few.</exception>
    public static PreparedRun Of(TrainingPlan plan)
    {
        if (plan is { Epochs: not null, Steps: not null } || plan.Epochs is not (null or (> 0 and < 1e6)) || plan.Steps is <= 0)
        {
            throw new UsageException("Give --epochs or --steps, not both, and more than 0.");
        }

        plan.Settings.Checked();
        RunFolder.Check(plan.Out, plan.Overwrite);
        _ = new Device(plan.Device);
        var images = OpenImages(plan.Data, ShortSide(plan.Request), plan.Loading, plan.Request.Kit.Data);
        if (plan.Settings.KnnEvery > 0)
        {
            KnnCheck.Monitor(images);
        }

        var statistics = ChannelStatistics.Of(images, limit: 10_000);
        var options = TrainingConfig.Resolve(plan.Request, new ImageStatistics(images.Channels, statistics.Mean, statistics.Std) { Count = images.Count });
        var program = TrainingConfig.Build(plan.Request.Method, options, plan.Request.Kit);
        using var loader = new ViewLoader(images, program.Batch, new ViewLoaderOptions { Batch = options.Batch, Kinds = plan.Request.Kit.Inputs });
        return new PreparedRun(plan, images, options, program, StepsOf(plan, loader.StepsPerEpoch), loader.StepsPerEpoch);
    }

    /// <summary>Steps of a run of so many epochs or steps.</summary>
    public static long StepsOf(TrainingPlan plan, long stepsPerEpoch) =>
        plan.Steps ?? (long)Math.Max(1, Math.Round((plan.Epochs ?? 100) * stepsPerEpoch));

    /// <summary>To what shorter side photographs are reduced: twice a view's is enough for views.</summary>
    public static int ShortSide(TrainingRequest request) => 2 * TrainingConfig.ImageSize(request);

    /// <summary>Opens the images to train on.</summary>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    public static IImageSet OpenImages(string data, int shortSide, LoadingOptions loading, Catalog<DataKind>? kinds = null)
    {
        try
        {
            return DataSets.Open(DataSpec.Parse(data, kinds), DataSplit.Train, new DataOpening { ShortSide = shortSide, Strict = loading.Strict, Status = loading.Status, Warn = loading.Warn, Cancellation = loading.Cancellation });
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    /// <summary>What <c>config.json</c> will say.</summary>
    /// <param name="programSha256">Of the program's files.</param>
    public JsonObject Configuration(string programSha256) => new()
    {
        ["method"] = Plan.Request.Method,
        ["data"] = Plan.Data,
        ["data_provenance"] = Images.Provenance,
        ["data_fingerprint"] = Images.Fingerprint,
        ["images"] = Images.Count,
        ["short_side"] = ShortSide(Plan.Request),
        ["steps"] = Steps,
        ["steps_per_epoch"] = StepsPerEpoch,
        ["device"] = RunConfiguration.ToJson(Plan.Device),
        ["settings"] = RunConfiguration.ToJson(Plan.Settings),
        ["options"] = RunConfiguration.ToJson(Options),
        ["program_sha256"] = programSha256,
        ["versions"] = RunConfiguration.Versions(),
    };
}
