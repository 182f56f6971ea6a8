using Jem.Trainer.Sessions;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>What a pair came to.</summary>
internal sealed record CollapseResult(CollapsePair Pair, CollapseRun With, CollapseRun Without);

/// <summary>Shows what keeps methods from collapsing: each is trained with and without it, on the same images from the same seed.</summary>
/// <param name="Data">A data specification; labelled.</param>
/// <param name="Out">The folder of the runs.</param>
internal sealed record CollapseExperiment(string Data, string Out, long Steps, ulong Seed)
{
    // Small enough for minutes on a laptop, and large enough that healthy runs learn.
    public int Width { get; init; } = 16;

    public int Batch { get; init; } = 64;

    /// <summary>What computes the runs.</summary>
    public DeviceOptions Device { get; init; } = new();

    /// <summary>Whether runs that are there are done again.</summary>
    public bool Overwrite { get; init; }

    /// <param name="told">Told which run begins.</param>
    public IReadOnlyList<CollapseResult> Run(IReadOnlyList<CollapsePair> pairs, Action<string> told, CancellationToken cancellation)
    {
        // Pairs of one method may have their healthy run in common.
        var healthy = new Dictionary<string, CollapseRun>();
        return [.. pairs.Select((pair, i) =>
        {
            told($"{pair.Name} ({i + 1} of {pairs.Count}): {pair.Method}");
            var key = $"{pair.Method} {string.Join(' ', pair.Settings)}";
            var with = healthy[key] = healthy.GetValueOrDefault(key) ?? CollapseRun.Train(pair, without: false, this, cancellation);
            told($"{pair.Name} ({i + 1} of {pairs.Count}): {pair.Without}");
            return new CollapseResult(pair, with, CollapseRun.Train(pair, without: true, this, cancellation));
        })];
    }
}
