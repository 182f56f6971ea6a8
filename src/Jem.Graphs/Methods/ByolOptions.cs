using Jem.Graphs.Heads;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of BYOL.</summary>
public sealed record ByolOptions : MethodOptions
{
    public ByolOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1.5e-6 };
        Views = new() { Saturation = 0.2 };
    }

    public ProjectorOptions Projector { get; init; } = new() { Layers = 2, Hidden = 4096, Output = 256 };

    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 4096 };

    public EmaOptions Ema { get; init; } = new();

    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}
