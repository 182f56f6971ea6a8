using Jem.Graphs.Heads;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of VICReg.</summary>
public sealed record VicregOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public VicregOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1e-6, FinalFraction = 0.001 };
        Views = new() { Saturation = 0.2 };
    }

    /// <summary>Weight of the distance between the two embeddings of an image (λ, ≥ 0).</summary>
    [Option("Weight of the distance between the two embeddings of an image.", Symbol = "λ", Least = 0)]
    public double Invariance { get; init; } = 25;

    /// <summary>Weight of the spread that each dimension lacks (μ, ≥ 0).</summary>
    [Option("Weight of the spread that each dimension lacks; with 0 all images get one embedding.", Symbol = "μ", Least = 0)]
    public double Variance { get; init; } = 25;

    /// <summary>Weight of what dimensions have in common (ν, ≥ 0).</summary>
    [Option("Weight of what dimensions have in common; with 0 few directions are used.", Symbol = "ν", Least = 0)]
    public double Covariance { get; init; } = 1;

    /// <summary>The expander, from representations to the embeddings that the loss compares.</summary>
    public ProjectorOptions Expander { get; init; } = new() { Layers = 3, Hidden = 8192, Output = 8192 };

    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}
