using System.Text.Json.Nodes;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>What a person says when a run is to go on. What is left out stays as it was; what is said must agree with it.</summary>
public sealed record ResumeRequest
{
    /// <summary>Options by flag, file and setting; its method is empty when none is given.</summary>
    public TrainingRequest Request { get; init; } = new("");

    /// <summary>Where the images are now, if they were moved.</summary>
    public string? Data { get; init; }

    public double? Epochs { get; init; }

    public long? Steps { get; init; }

    /// <summary>Lays what was given over the run's device.</summary>
    public Func<DeviceOptions, DeviceOptions> Device { get; init; } = device => device;

    /// <summary>Lays what was given over the run's settings.</summary>
    public Func<RunSettings, RunSettings> Settings { get; init; } = settings => settings;

    public LoadingOptions Loading { get; init; } = new();

    /// <summary>The plan of a run as it began, with what may change as it is asked for now.</summary>
    public TrainingPlan Over(RunFolder run, JsonObject configuration) =>
        new(Request with { Method = (string)configuration["method"]! }, Data ?? (string)configuration["data"]!, run.Root)
        {
            Steps = (long)configuration["steps"]!,
            Settings = Settings(RunConfiguration.Read<RunSettings>(configuration["settings"]!)).Checked(),
            Device = DeviceOf(configuration),
            Loading = Loading,
        };

    /// <summary>Whether the run that is asked for is the one that is there.</summary>
    /// <exception cref="UsageException">It is not; the message names the first difference.</exception>
    public void RequireSame(RunFolder run, JsonObject configuration, IImageSet images, long stepsPerEpoch)
    {
        var was = RunConfiguration.Identity(configuration);
        var asked = was.DeepClone().AsObject();
        var options = RunConfiguration.ReadOptions(configuration, Request.Kit.Methods);
        asked["method"] = Request.Method.Length > 0 ? Request.Method : was["method"]!.DeepClone();
        asked["options"] = RunConfiguration.ToJson(TrainingConfig.Resolve(Request with { Method = (string)was["method"]! }, options));
        asked["data_fingerprint"] = images.Fingerprint;
        asked["images"] = images.Count;
        asked["steps"] = Steps ?? (Epochs is null ? (long)was["steps"]! : PreparedRun.StepsOf(new TrainingPlan(Request, "", "") { Epochs = Epochs }, stepsPerEpoch));
        asked["device"] = RunConfiguration.Device(DeviceOf(configuration));
        if (RunConfiguration.Difference(was, asked) is not var (name, before, now))
        {
            return;
        }

        throw new UsageException(name is "images" or "data_fingerprint"
            ? $"--resume {run.Root}: the images are not those that the run began with ({name} was {before} and is {now}). Restore them, name the place where they are with --data, or start a new run."
            : $"--resume {run.Root}: {name} is {before} in the run, {now} is asked for. A run goes on as it began: leave that out, or start a new run with --out.");
    }

    private DeviceOptions DeviceOf(JsonObject configuration) => Device(RunConfiguration.Read<DeviceOptions>(configuration["device"]!));
}
