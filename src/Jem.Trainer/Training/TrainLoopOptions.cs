using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Trainer.Runs;
using Jem.Trainer.Training.Collapse;

namespace Jem.Trainer.Training;

/// <summary>How long a loop trains and how often it reports.</summary>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Configuration">What determines the run's bytes, for its checkpoints.</param>
public sealed record TrainLoopOptions(long Steps, int Batch, JsonObject Configuration, RunSettings Settings)
{
    /// <summary>Steps between lines of <c>metrics.jsonl</c>; slow steps have more of them.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Time between checkpoints when steps are slow.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Measures the encoder with the given weights, 0 to 1, where the settings ask for it.</summary>
    public Func<IReadOnlyList<NamedTensor>, CancellationToken, double>? Knn { get; init; }

    /// <summary>Looks at what is logged; it has seen what was logged before.</summary>
    public CollapseMonitor? Collapse { get; init; }

    public IReadOnlyList<IRunObserver> Observers { get; init; } = [];
}
