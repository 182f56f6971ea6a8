using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>What a person asked <c>jem train</c> to do.</summary>
/// <param name="Data">A data specification.</param>
/// <param name="Out">The run folder.</param>
public sealed record TrainingPlan(TrainingRequest Request, string Data, string Out)
{
    /// <summary>How often to go through the images; parts are allowed. With neither this nor <see cref="Steps"/>: 100.</summary>
    public double? Epochs { get; init; }

    public long? Steps { get; init; }

    /// <summary>Delete the run that is in <see cref="Out"/>.</summary>
    public bool Overwrite { get; init; }

    public RunSettings Settings { get; init; } = new();

    public DeviceOptions Device { get; init; } = new();

    public LoadingOptions Loading { get; init; } = new();
}

/// <summary>How images come in. None of it changes a byte of a view.</summary>
public sealed record LoadingOptions
{
    /// <summary>Threads that make views; null takes half the cores.</summary>
    public int? Workers { get; init; }

    /// <summary>Batches that may be in memory at once, ≥ 2.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Whether one image that cannot be read stops the run before it starts.</summary>
    public bool Strict { get; init; }

    /// <summary>Told what takes long while images are opened.</summary>
    public Action<string>? Status { get; init; }

    /// <summary>Told what a person should know, such as images that were left out.</summary>
    public Action<string>? Warn { get; init; }

    public CancellationToken Cancellation { get; init; }
}
