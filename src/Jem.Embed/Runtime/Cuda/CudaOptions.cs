namespace Jem.Embed.Runtime.Cuda;

/// <summary>How ONNX Runtime computes on an NVIDIA GPU: the first one.</summary>
public sealed record CudaOptions
{
    /// <summary>
    /// A plugin library with the CUDA execution provider; null takes the one that ONNX Runtime's own packages for GPUs have. The options
    /// below hold for that one only.
    /// </summary>
    public string? Library { get; init; }

    /// <summary>
    /// Whether products and convolutions may round their factors to TF32 (10 bits of mantissa), on GPUs that have it: faster, with relative
    /// errors of about 1e-3.
    /// </summary>
    public bool Tf32 { get; init; } = true;

    /// <summary>
    /// Whether cuDNN tries each algorithm for a convolution of new shapes, which takes seconds and may choose another one next time.
    /// Otherwise a rule chooses.
    /// </summary>
    public bool TryAlgorithms { get; init; }
}
