using Jem.Graphs.Optim;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of MoCo: those of version 2. Version 1 is head=linear, temperature=0.07, no blur and more jitter.</summary>
public sealed record MocoOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public MocoOptions() => Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0 };

    /// <summary>Temperature of InfoNCE: 0.2 in version 2, 0.07 in version 1 (τ, &gt; 0).</summary>
    [Option("Temperature of InfoNCE: 0.2 in version 2, 0.07 in version 1.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Keys of earlier steps that serve as negatives, any number (K, ≥ 1).</summary>
    [Option("Keys of earlier steps that serve as negatives, any number. 4096 is usual for CIFAR.", Symbol = "K", Least = 1)]
    public int Queue { get; init; } = 65536;

    /// <summary>mlp: linear, ReLU, linear, as wide as the representation (version 2).</summary>
    [Option("mlp: linear, ReLU, linear, as wide as the representation (version 2). linear: one layer (version 1).", Names = ["mlp", "linear"])]
    public string Head { get; init; } = "mlp";

    /// <summary>Dimension of queries and keys (D, ≥ 1).</summary>
    [Option("Dimension of queries and keys.", Symbol = "D", Least = 1)]
    public int Dimension { get; init; } = 128;

    /// <summary>Whether each view is both query and key, for twice the work per step.</summary>
    [Option("Whether each view is both query and key, for twice the work per step.")]
    public bool Symmetric { get; init; }

    /// <summary>Groups of the batch, each with batch norm statistics of its own; keys are grouped otherwise than queries (≥ 1).</summary>
    [Option(
        "Groups of the batch, each with batch norm statistics of its own; keys are grouped otherwise than queries. 1 is batch norm over the batch.",
        Least = 1)]
    public int NormSplits { get; init; } = 8;

    /// <summary>How the teacher follows the student.</summary>
    public EmaOptions Ema { get; init; } = new() { Momentum = 0.999, FinalMomentum = 0.999 };

    // The crops are never smaller than a fifth of the image, as in the authors' code.
    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale };
}
