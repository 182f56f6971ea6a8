namespace Jem.Trainer.Training;

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
