using System.Text.Json.Nodes;
using Jem.Trainer.Collapse;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Training;

/// <summary>How long a loop trains and how often it reports.</summary>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Identity">What determines the run's bytes after so many steps, for its checkpoints.</param>
public sealed record TrainLoopOptions(long Steps, int Batch, Func<long, JsonObject> Identity, RunSettings Settings)
{
    /// <summary>The length of the run by which a step follows its schedules, from the steps done before it; null where that never changed.</summary>
    public Func<long, long>? LengthAt { get; init; }

    /// <summary>Steps between lines of <c>metrics.jsonl</c>; slow steps have more of them.</summary>
    public int LogEvery { get; init; } = DefaultLogEvery;

    /// <summary>Time between checkpoints when steps are slow.</summary>
    public TimeSpan SaveEvery { get; init; } = DefaultSaveEvery;

    /// <summary>Measures the encoder with the given weights, where the settings ask for it.</summary>
    public WeightsCheck? Knn { get; init; }

    /// <summary>Looks at what is logged; it has seen what was logged before.</summary>
    public CollapseMonitor? Collapse { get; init; }

    public IRunObserver Observer { get; init; } = new RunObservers([]);

    internal const int DefaultLogEvery = 10;

    internal static readonly TimeSpan DefaultSaveEvery = TimeSpan.FromMinutes(10);
}
