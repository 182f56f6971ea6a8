namespace Jem.Trainer.Sessions;

/// <summary>Where a program runs.</summary>
public sealed record DeviceOptions
{
    /// <summary><c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The library of a plugin execution provider, such as onnxruntime_providers_cuda_plugin; null without one.</summary>
    public string? EpLibrary { get; init; }

    /// <summary>Threads of ONNX Runtime; 0 takes one per core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether a thread that waits for the next operator keeps its core busy. That saves the time of waking up,
    /// and takes it from whoever else needs the core, such as the loader of the views.
    /// </summary>
    public bool Spin { get; init; }

    /// <summary>Whether the C# kernels stand in for the bodies of <c>jem</c> functions (CPU only).</summary>
    public bool Kernels { get; init; } = true;
}
