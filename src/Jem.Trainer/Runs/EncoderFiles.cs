namespace Jem.Trainer.Runs;

/// <summary>The files of an encoder, in the folder of its run or in one of their own.</summary>
public static class EncoderFiles
{
    /// <summary>The network with its weights.</summary>
    public const string Model = "encoder.onnx";

    /// <summary>Its weights alone, by name.</summary>
    public const string Weights = "encoder.safetensors";

    /// <summary>What it is, for people.</summary>
    public const string Card = "card.md";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Model, Weights, Card];
}
