using Jem.Graphs.Options;

namespace Jem.Graphs.Heads;

/// <summary>A predictor: hidden layers of linear, batch norm and ReLU, and a last linear layer back to the embedding's dimension.</summary>
public sealed record PredictorOptions
{
    /// <summary>Linear layers, the last among them (≥ 0).</summary>
    [Option("Linear layers, the last among them; 0 leaves the predictor out, and the network collapses.", Least = 0)]
    public int Layers { get; init; } = 2;

    /// <summary>Width of the layers before the last (≥ 1).</summary>
    [Option("Width of the layers before the last.", Least = 1)]
    public int Hidden { get; init; } = 512;
}
