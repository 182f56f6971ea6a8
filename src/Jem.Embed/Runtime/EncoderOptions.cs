namespace Jem.Embed.Runtime;

/// <summary>How an encoder is run.</summary>
public sealed record EncoderOptions
{
    /// <summary>Threads of ONNX Runtime; 0 means one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Images per run.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Whether embeddings are scaled to length 1, so that a dot product is a cosine.</summary>
    public bool Normalize { get; init; }
}
