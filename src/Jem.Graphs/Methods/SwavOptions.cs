using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of SwAV: the authors' recipe for a batch of 256 (their script swav_400ep_bs256_pretrain).</summary>
public sealed record SwavOptions : MethodOptions
{
    public SwavOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.6, FinalFraction = 0.001, WarmupEpochs = 0, WeightDecay = 1e-6 };
        Views = new() { CropScale = [0.14, 1], Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.2 };
    }

    [Option("Prototypes: about three for each class that the images may have, or more.", Symbol = "K", Least = 2)]
    public int Prototypes { get; init; } = 3000;

    [Option("Epochs, or parts of one, for which the prototypes stay as they were drawn; at most a tenth of the run.", Least = 0)]
    public double FreezePrototypes { get; init; } = 1;

    [Option("Temperature of the predictions.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.1;

    [Option("Weight of the entropy in Sinkhorn's transport. Small, codes are hard; large, they are uniform.", Symbol = "ε", Above = 0)]
    public double SinkhornEpsilon { get; init; } = 0.05;

    [Option("Iterations of Sinkhorn and Knopp; 0 takes the softmax of scores/ε, which shares nothing equally and collapses.", Least = 0)]
    public int SinkhornIterations { get; init; } = 3;

    public SwavProjectorOptions Projector { get; init; } = new();

    public SwavQueueOptions Queue { get; init; } = new();

    public LocalViewOptions LocalViews { get; init; } = new() { Count = 6, CropScale = [0.05, 0.14] };

    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImages(size, channels) with { CropScale = Views.CropScale };
}

/// <summary>SwAV's projector: linear, batch norm, ReLU, linear; then unit length.</summary>
public sealed record SwavProjectorOptions
{
    [Option("Width of the projector's hidden layer.", Least = 1)]
    public int Hidden { get; init; } = 2048;

    [Option("Dimension of embeddings and prototypes.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 128;

    [Option("Whether a batch norm follows the hidden layer. The authors suggest to leave it out where training collapses.")]
    public bool Norm { get; init; } = true;
}

/// <summary>Earlier embeddings that share the prototypes with those of a small batch (section 4.3, appendix A).</summary>
public sealed record SwavQueueOptions
{
    [Option("Embeddings of each global view that are kept; 0 for none.", Least = 0)]
    public int Length { get; init; } = 3840;

    [Option("The epoch from which they count, once the queue is full: too early, they are too unlike today's.", Least = 0)]
    public double FromEpoch { get; init; } = 15;
}
