using Jem.Graphs.Heads;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of Barlow Twins.</summary>
public sealed record BarlowTwinsOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public BarlowTwinsOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1e-6, FinalFraction = 0.001 };
        Views = new() { Saturation = 0.2 };
    }

    /// <summary>Weight of the redundancy, the cross-correlation of different dimensions (λ, ≥ 0).</summary>
    [Option("Weight of the redundancy, the cross-correlation of different dimensions.", Symbol = "λ", Least = 0)]
    public double Lambda { get; init; } = 0.0051;

    /// <summary>
    /// A factor of the loss. With lars it acts on biases and norms only: 0.024 with one rate of 0.2 is the authors' 0.2 for weights and
    /// 0.0048 for the rest (&gt; 0).
    /// </summary>
    [Option(
        "A factor of the loss. With lars it acts on biases and norms only: "
        + "0.024 with one rate of 0.2 is the authors' 0.2 for weights and 0.0048 for the rest. CIFAR recipes take 0.1.", Above = 0)]
    public double Scale { get; init; } = 0.024;

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 8192, Output = 8192 };

    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}
