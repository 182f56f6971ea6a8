using Jem.Graphs.Naming;
using Jem.Trainer.Data.Loader.Inputs;

namespace Jem.Trainer.Data.Loader;

/// <summary>How a <see cref="ViewLoader"/> works. Batch and seed determine the batches; the rest only when they are ready.</summary>
public sealed record ViewLoaderOptions
{
    /// <summary>Images per batch, ≥ 1.</summary>
    public int Batch { get; init; } = 256;

    public ulong Seed { get; init; }

    /// <summary>The first global step, for going on with a run.</summary>
    public long Start { get; init; }

    /// <summary>Threads that make batches, ≥ 1.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 16);

    /// <summary>Batches that may be in memory at once, ≥ 2: one in use, the others being made or waiting.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>How batch inputs may be filled.</summary>
    public Catalog<InputKind> Kinds { get; init; } = InputKinds.BuiltIn;
}
