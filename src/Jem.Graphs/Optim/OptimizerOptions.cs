using Jem.Graphs.Options;

namespace Jem.Graphs.Optim;

/// <summary>How gradients change parameters. Biases and the scales of norms (parameters of rank ≤ 1) have no weight decay and no adaptation.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The catalog from which <see cref="Name"/> is.</summary>
    public const string Catalog = "optimizers";

    /// <summary>SGD with momentum, LARS (arXiv:1708.03888) or AdamW (arXiv:1711.05101).</summary>
    [Option("SGD with momentum, LARS (arXiv:1708.03888) or AdamW (arXiv:1711.05101).", Catalog = Catalog)]
    public string Name { get; init; } = "sgd";

    /// <summary>The peak learning rate for a batch of 256 images (lr, &gt; 0).</summary>
    [Option("The peak learning rate for a batch of 256 images; it is scaled by batch/256 (arXiv:1706.02677).", Symbol = "lr", Above = 0)]
    public double LearningRate { get; init; } = 0.3;

    /// <summary>Epochs, or parts of one, over which the learning rate grows from zero (≥ 0).</summary>
    [Option("Epochs, or parts of one, over which the learning rate grows from zero; at most a tenth of the run.", Least = 0)]
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>The learning rate at the end of its cosine, as a fraction of the peak (in [0, 1]).</summary>
    [Option("The learning rate at the end of its cosine, as a fraction of the peak.", Least = 0, Most = 1)]
    public double FinalFraction { get; init; }

    /// <summary>sgd and lars: the share of the last update that is kept (m, in [0, 1)).</summary>
    [Option("sgd and lars: the share of the last update that is kept.", Symbol = "m", Least = 0, Below = 1)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay; none for biases and norms (λ, ≥ 0).</summary>
    [Option("Weight decay; none for biases and norms.", Symbol = "λ", Least = 0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Weight decay at the end of its cosine (≥ -1).</summary>
    [Option("Weight decay at the end of its cosine; −1 keeps it.", Least = -1)]
    public double FinalWeightDecay { get; init; } = -1;

    /// <summary>lars: the trust coefficient (η, &gt; 0).</summary>
    [Option("lars: the trust coefficient.", Symbol = "η", Above = 0)]
    public double Trust { get; init; } = 0.001;

    /// <summary>adamw: decay rate of the first moment (β₁, in [0, 1)).</summary>
    [Option("adamw: decay rate of the first moment.", Symbol = "β₁", Least = 0, Below = 1)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>adamw: decay rate of the second moment (β₂, in [0, 1)).</summary>
    [Option("adamw: decay rate of the second moment.", Symbol = "β₂", Least = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>adamw: added to the root of the second moment (ε, &gt; 0).</summary>
    [Option("adamw: added to the root of the second moment.", Symbol = "ε", Above = 0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The largest norm of all gradients together (≥ 0).</summary>
    [Option("The largest norm of all gradients together; 0 leaves them as they are.", Least = 0)]
    public double Clip { get; init; }

    /// <summary>Whether clip limits the gradient of each parameter by itself, instead of all together.</summary>
    [Option("Whether clip limits the gradient of each parameter by itself, instead of all together.")]
    public bool ClipEach { get; init; }
}
