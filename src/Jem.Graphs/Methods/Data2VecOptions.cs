using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of data2vec for images.</summary>
public sealed record Data2VecOptions : MethodOptions
{
    public Data2VecOptions()
    {
        Backbone = new() { Name = "vit_small", Pool = "mean" };
        Optimizer = new() { Name = "adamw", LearningRate = 0.00025, WarmupEpochs = 40, WeightDecay = 0.05, Clip = 3 };
        Views = new() { Count = 1, Grey = 0 };
    }

    [Option("Blocks of the teacher, counted from the last, whose outputs are averaged into the target.", Symbol = "K", Least = 1)]
    public int TopBlocks { get; init; } = 6;

    [Option("Where the square of the smooth L1 loss becomes a line.", Symbol = "β", Above = 0)]
    public double Beta { get; init; } = 2;

    public BlockMaskOptions Mask { get; init; } = new();

    public EmaOptions Ema { get; init; } = new() { Momentum = 0.9998, FinalMomentum = 0.9998 };

    // Crops, flips and jitter are all that BEiT does to an image (arXiv:2106.08254, section 3.2); data2vec does the same.
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { Blur = Views.Blur };
}

/// <summary>Which patches are hidden from the student.</summary>
public sealed record BlockMaskOptions
{
    [Option("The share of an image's patches that is masked.", Above = 0, Below = 1)]
    public double Ratio { get; init; } = 0.6;

    [Option("Patches of the smallest block; BEiT and data2vec take 16 of 196. 0 takes a twelfth of the patches.", Least = 0)]
    public int LeastBlock { get; init; }

    [Option("The smallest height : width of a block; the largest is its inverse.", Above = 0, Most = 1)]
    public double Aspect { get; init; } = 0.3;
}
