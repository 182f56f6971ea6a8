using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of SwAV: the authors' recipe for a batch of 256 (their script swav_400ep_bs256_pretrain).</summary>
public sealed record SwavOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public SwavOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.6, FinalFraction = 0.001, WarmupEpochs = 0, WeightDecay = 1e-6 };
        Views = new() { CropScale = [0.14, 1], Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.2 };
    }

    /// <summary>Prototypes: about three for each class that the images may have, or more (K, ≥ 2).</summary>
    [Option("Prototypes: about three for each class that the images may have, or more.", Symbol = "K", Least = 2)]
    public int Prototypes { get; init; } = 3000;

    /// <summary>Epochs, or parts of one, for which the prototypes stay as they were drawn (≥ 0).</summary>
    [Option("Epochs, or parts of one, for which the prototypes stay as they were drawn; at most a tenth of the run.", Least = 0)]
    public double FreezePrototypes { get; init; } = 1;

    /// <summary>Temperature of the predictions (τ, &gt; 0).</summary>
    [Option("Temperature of the predictions.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Weight of the entropy in Sinkhorn's transport (ε, &gt; 0).</summary>
    [Option("Weight of the entropy in Sinkhorn's transport. A small weight makes hard codes, a large one uniform codes.", Symbol = "ε", Above = 0)]
    public double SinkhornEpsilon { get; init; } = 0.05;

    /// <summary>Iterations of Sinkhorn and Knopp (≥ 0).</summary>
    [Option("Iterations of Sinkhorn and Knopp; 0 takes the softmax of scores/ε, which shares nothing equally and collapses.", Least = 0)]
    public int SinkhornIterations { get; init; } = 3;

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public SwavProjectorOptions Projector { get; init; } = new();

    /// <summary>Earlier embeddings that are kept.</summary>
    public SwavQueueOptions Queue { get; init; } = new();

    /// <summary>The small views besides the two large ones.</summary>
    public LocalViewOptions LocalViews { get; init; } = new() { Count = 6, CropScale = [0.05, 0.14] };

    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImages(size, channels) with { CropScale = Views.CropScale };
}

/// <summary>SwAV's projector: linear, batch norm, ReLU, linear; then unit length.</summary>
public sealed record SwavProjectorOptions
{
    /// <summary>Width of the projector's hidden layer (≥ 1).</summary>
    [Option("Width of the projector's hidden layer.", Least = 1)]
    public int Hidden { get; init; } = 2048;

    /// <summary>Dimension of embeddings and prototypes (D, ≥ 1).</summary>
    [Option("Dimension of embeddings and prototypes.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 128;

    /// <summary>Whether a batch norm follows the hidden layer.</summary>
    [Option("Whether a batch norm follows the hidden layer. The authors suggest to leave it out where training collapses.")]
    public bool Norm { get; init; } = true;
}

/// <summary>Earlier embeddings that share the prototypes with those of a small batch (section 4.3, appendix A).</summary>
public sealed record SwavQueueOptions
{
    /// <summary>Embeddings of each global view that are kept (≥ 0).</summary>
    [Option("Embeddings of each global view that are kept; 0 for none.", Least = 0)]
    public int Length { get; init; } = 3840;

    /// <summary>The epoch from which the queue is used, once it is full. Early in a run, what it holds differs too much from new embeddings (≥ 0).</summary>
    [Option("The epoch from which the queue is used, once it is full. Early in a run, what it holds differs too much from new embeddings.", Least = 0)]
    public double FromEpoch { get; init; } = 15;
}
