using Jem.Graphs.Options;

namespace Jem.Graphs.Heads;

/// <summary>A projector or expander: hidden layers of linear, batch norm and ReLU, and a last linear layer, whose form is the method's.</summary>
public sealed record ProjectorOptions
{
    /// <summary>Linear layers, the last among them (≥ 1).</summary>
    [Option("Linear layers, the last among them.", Least = 1)]
    public int Layers { get; init; } = 2;

    /// <summary>Width of the layers before the last (≥ 1).</summary>
    [Option("Width of the layers before the last.", Least = 1)]
    public int Hidden { get; init; } = 2048;

    /// <summary>Dimension of the embedding that the loss compares (D, ≥ 1).</summary>
    [Option("Dimension of the embedding that the loss compares.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 2048;
}
