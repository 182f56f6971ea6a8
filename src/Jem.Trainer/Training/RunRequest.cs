using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>
/// What a person asked <c>jem train</c> to do. What is left out has its default in a new run; in one that goes on it stays as it was,
/// and what is said must agree with it.
/// </summary>
public sealed record RunRequest
{
    /// <summary>Method and options by flag, file and setting; the method is empty when none is given.</summary>
    public MethodRequest Options { get; init; } = new("");

    /// <summary>A folder with a training program, instead of a method and options.</summary>
    public string? Program { get; init; }

    /// <summary>A data specification; null for a run that goes on with the images that it has.</summary>
    public string? Data { get; init; }

    /// <summary>The folder of a new run; null where nothing is to be written.</summary>
    public string? Out { get; init; }

    /// <summary>Delete the run that is in <see cref="Out"/>.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// How often to go through the images; parts are allowed. With neither this nor <see cref="Steps"/> the images and the machine decide,
    /// or, with a preset or a program, 100.
    /// </summary>
    public double? Epochs { get; init; }

    public long? Steps { get; init; }

    /// <summary>Lays what was given over the defaults, or over a run's.</summary>
    public Func<DeviceOptions, DeviceOptions> Device { get; init; } = device => device;

    /// <inheritdoc cref="Device"/>
    public Func<RunSettings, RunSettings> Settings { get; init; } = settings => settings;

    public LoadingOptions Loading { get; init; } = new();

    /// <summary>Whether a person said how long to train.</summary>
    internal bool HasLength => Steps is not null || Epochs is not null;

    /// <summary>Steps of a run of so many epochs or steps.</summary>
    internal long LengthIn(long stepsPerEpoch) => Steps ?? (long)Math.Max(1, Math.Round((Epochs ?? 100) * stepsPerEpoch));

    /// <summary>The first option that is given, as a person wrote it; null without any.</summary>
    internal string? FirstOption => Options switch
    {
        { Method.Length: > 0 } => $"the method '{Options.Method}'",
        { Preset: not null } => "--preset",
        { ConfigFile: not null } => "--config",
        { Backbone: not null } => "--backbone",
        { Width: not null } => "--width",
        { ImageSize: not null } => "--image-size",
        { Batch: not null } => "--batch",
        { Seed: not null } => "--seed",
        { Settings.Count: > 0 } => "--set",
        _ => null,
    };

    /// <exception cref="UsageException">A length is out of its range, or two things do not go together.</exception>
    internal void Check()
    {
        if (this is { Epochs: not null, Steps: not null } || Epochs is not (null or (> 0 and < 1e6)) || Steps is <= 0)
        {
            throw new UsageException(this is { Epochs: not null, Steps: not null }
                ? "--epochs and --steps both say how long to train: give one of them."
                : Steps is null ? $"--epochs is {Epochs}; expected more than 0 and less than a million."
                : $"--steps is {Steps}; expected more than 0.");
        }

        if (Program is not null && FirstOption is { } option)
        {
            throw new UsageException($"--program {Program} brings its method and options: leave {option} out, or write another program with `jem graph`.");
        }

        if (Program is not null && !Directory.Exists(Program))
        {
            throw new UsageException($"--program {Program}: there is no such folder. Give one with a program.json, such as `jem graph` writes.");
        }
    }
}
