using Jem.Graphs.Heads;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimSiam.</summary>
public sealed record SimSiamOptions : MethodOptions
{
    public SimSiamOptions() => Optimizer = new() { Name = "sgd", LearningRate = 0.05, WarmupEpochs = 0 };

    [Option("Whether no gradient flows into the embedding that is predicted. Without it the network collapses (section 4.1).")]
    public bool StopGradient { get; init; } = true;

    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 2048, Output = 2048 };

    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 512 };

    // The crops are never smaller than a fifth of the image, as in the authors' code.
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale };
}
