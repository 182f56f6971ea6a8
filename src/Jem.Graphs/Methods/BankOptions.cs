using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The options of methods that find an image's own vector in a memory bank.</summary>
public abstract record BankOptions : MethodOptions
{
    /// <summary>nce: tell the image's vector from some random vectors of the bank, for a million images.</summary>
    [Option(
        "nce: tell the image's vector from some random vectors of the bank; for a million images, as it diverges on small data. softmax: "
        + "tell it from all of them, exactly.", Names = ["nce", "softmax"])]
    public string Loss { get; init; } = "nce";

    /// <summary>Temperature of the similarities: 0.07 in the paper, 0.1 for CIFAR in the authors' code (τ, &gt; 0).</summary>
    [Option("Temperature of the similarities: 0.07 in the paper, 0.1 for CIFAR in the authors' code.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>nce: random images that are drawn for each step and serve its whole batch (K, ≥ 1).</summary>
    [Option("nce: random images that are drawn for each step and serve its whole batch.", Symbol = "K", Least = 1)]
    public int Negatives { get; init; } = 4096;

    /// <summary>Dimension of the embedding and of the bank (D, ≥ 1).</summary>
    [Option("Dimension of the embedding and of the bank.", Symbol = "D", Least = 1)]
    public int Dimension { get; init; } = 128;

    /// <summary>The share of an image's vector that the bank keeps when the image is seen (in [0, 1]).</summary>
    [Option("The share of an image's vector that the bank keeps when the image is seen.", Least = 0, Most = 1)]
    public double Keep { get; init; } = 0.5;
}
