using Jem.Graphs.Heads;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimSiam.</summary>
public sealed record SimSiamOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public SimSiamOptions() => Optimizer = new() { Name = "sgd", LearningRate = 0.05, WarmupEpochs = 0 };

    /// <summary>Whether no gradient flows into the embedding that is predicted.</summary>
    [Option("Whether no gradient flows into the embedding that is predicted. Without it the network collapses (section 4.1).")]
    public bool StopGradient { get; init; } = true;

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 2048, Output = 2048 };

    /// <summary>The predictor, from one view's embedding to the other's.</summary>
    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 512 };

    // The crops are never smaller than a fifth of the image, as in the authors' code.
    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale };
}
