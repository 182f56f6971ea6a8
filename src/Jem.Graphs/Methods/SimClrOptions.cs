using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimCLR.</summary>
public sealed record SimClrOptions : MethodOptions
{
    // Section 2.2 and appendix B: with lars, 0.3·B/256 after ten epochs of warm-up.
    /// <summary>The paper's defaults.</summary>
    public SimClrOptions() => Optimizer = new() { Name = "lars", LearningRate = 0.3, WeightDecay = 1e-6, WarmupEpochs = 10 };

    /// <summary>Temperature of NT-Xent (τ, &gt; 0).</summary>
    [Option("Temperature of NT-Xent. The paper takes 0.1 for ImageNet and 0.5 for CIFAR-10.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.5;

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public SimClrProjectorOptions Projector { get; init; } = new();
}

/// <summary>SimCLR's projector g: linear, ReLU, linear.</summary>
public sealed record SimClrProjectorOptions
{
    /// <summary>Width of the projector's hidden layer (≥ 0).</summary>
    [Option("Width of the projector's hidden layer; 0 takes the representation's.", Least = 0)]
    public int Hidden { get; init; }

    /// <summary>Dimension of the embedding that the loss compares (D, ≥ 1).</summary>
    [Option("Dimension of the embedding that the loss compares.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 128;

    /// <summary>Whether a batch norm follows each linear layer of the projector, as in the authors' code.</summary>
    [Option("Whether a batch norm follows each linear layer of the projector, as in the authors' code; without, as in the paper's text.")]
    public bool Norm { get; init; } = true;
}
