using Jem.Embed.Runtime.Cuda;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Embed.Runtime;

/// <summary>How an encoder is run.</summary>
public sealed record EncoderOptions
{
    /// <summary>Threads of ONNX Runtime; 0 means one per core.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Threads
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threads), value, "Expected the number of threads, or 0 for one per core.");
    }

    /// <summary>Images per run, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int BatchSize
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "Expected the number of images per run, at least 1.");
    } = 64;

    /// <summary>Whether embeddings are scaled to length 1, so that a dot product is a cosine.</summary>
    public bool Normalize { get; init; }

    /// <summary>How the encoder runs on an NVIDIA GPU; null runs it on the processor.</summary>
    public CudaOptions? Cuda { get; init; }

    /// <summary>
    /// Changes how ONNX Runtime opens the encoder: add an execution provider, such as a GPU's, or custom operators. It is called once,
    /// before the encoder is opened; threads and logging are set already. The options are valid during the call only. What it throws
    /// reaches the caller of the encoder's constructor.
    /// </summary>
    public Action<SessionOptions>? Configure { get; init; }
}
