using Jem.Graphs.Heads;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of BYOL.</summary>
public sealed record ByolOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public ByolOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1.5e-6 };
        Views = new() { Saturation = 0.2 };
    }

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public ProjectorOptions Projector { get; init; } = new() { Layers = 2, Hidden = 4096, Output = 256 };

    /// <summary>The predictor, from one view's embedding to the other's.</summary>
    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 4096 };

    /// <summary>How the teacher follows the student.</summary>
    public EmaOptions Ema { get; init; } = new();

    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}
