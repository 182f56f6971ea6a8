using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of data2vec for images.</summary>
public sealed record Data2VecOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public Data2VecOptions()
    {
        Backbone = new() { Name = "vit_small", Pool = "mean" };
        Optimizer = new() { Name = "adamw", LearningRate = 0.00025, WarmupEpochs = 40, WeightDecay = 0.05, Clip = 3 };
        Views = new() { Count = 1, Grey = 0 };
    }

    /// <summary>Blocks of the teacher, counted from the last, whose outputs are averaged into the target (K, ≥ 1).</summary>
    [Option("Blocks of the teacher, counted from the last, whose outputs are averaged into the target.", Symbol = "K", Least = 1)]
    public int TopBlocks { get; init; } = 6;

    /// <summary>The distance from which on the smooth L1 loss is a line, not a square (β, &gt; 0).</summary>
    [Option("The distance from which on the smooth L1 loss is a line, not a square.", Symbol = "β", Above = 0)]
    public double Beta { get; init; } = 2;

    /// <summary>Which patches the student does not see.</summary>
    public BlockMaskOptions Mask { get; init; } = new();

    /// <summary>How the teacher follows the student.</summary>
    public EmaOptions Ema { get; init; } = new() { Momentum = 0.9998, FinalMomentum = 0.9998 };

    // Crops, flips and jitter are all that BEiT does to an image (arXiv:2106.08254, section 3.2); data2vec does the same.
    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { Blur = Views.Blur };
}

/// <summary>Which patches are hidden from the student.</summary>
public sealed record BlockMaskOptions
{
    /// <summary>The share of an image's patches that is masked (&gt; 0).</summary>
    [Option("The share of an image's patches that is masked.", Above = 0, Below = 1)]
    public double Ratio { get; init; } = 0.6;

    /// <summary>Patches of the smallest block (≥ 0).</summary>
    [Option("Patches of the smallest block; BEiT and data2vec take 16 of 196. 0 takes a twelfth of the patches.", Least = 0)]
    public int LeastBlock { get; init; }

    /// <summary>The smallest height : width of a block (in (0, 1]).</summary>
    [Option("The smallest height : width of a block; the largest is its inverse.", Above = 0, Most = 1)]
    public double Aspect { get; init; } = 0.3;
}
