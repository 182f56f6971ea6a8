namespace Jem.Graphs.Optim;

/// <summary>How gradients change parameters. Biases and the scales of norms (parameters of rank ≤ 1) have no weight decay and no adaptation.</summary>
public sealed record OptimizerOptions
{
    /// <summary>A name of <see cref="Optimizer"/>: sgd, lars or adamw.</summary>
    public string Name { get; init; } = "sgd";

    /// <summary>The peak learning rate for a batch of 256 images; it is scaled by batch/256 (Goyal et al., arXiv:1706.02677).</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary>Epochs, or parts of one, over which the learning rate grows from zero.</summary>
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>The learning rate at the end of its cosine, as a fraction of the peak.</summary>
    public double FinalFraction { get; init; }

    /// <summary>sgd and lars: the share of the last update kept, in [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>lars: the trust coefficient η.</summary>
    public double Trust { get; init; } = 0.001;

    /// <summary>adamw: decay rates of the moments, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <inheritdoc cref="Beta1"/>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>adamw: added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The largest norm of all gradients together; 0 leaves them as they are.</summary>
    public double Clip { get; init; }

    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    internal void Check()
    {
        Range("learning_rate", LearningRate, LearningRate > 0, "more than 0");
        Range("warmup_epochs", WarmupEpochs, WarmupEpochs >= 0, "at least 0");
        Range("final_fraction", FinalFraction, FinalFraction is >= 0 and <= 1, "a number in [0, 1]");
        Range("momentum", Momentum, Momentum is >= 0 and < 1, "a number in [0, 1)");
        Range("weight_decay", WeightDecay, WeightDecay >= 0, "at least 0");
        Range("trust", Trust, Trust > 0, "more than 0");
        Range("beta1", Beta1, Beta1 is >= 0 and < 1, "a number in [0, 1)");
        Range("beta2", Beta2, Beta2 is >= 0 and < 1, "a number in [0, 1)");
        Range("epsilon", Epsilon, Epsilon > 0, "more than 0");
        Range("clip", Clip, Clip >= 0, "at least 0 (0 leaves gradients as they are)");
    }

    private static void Range(string name, double value, bool holds, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException($"optimizer.{name} is {value}; expected {expected}.");
        }
    }
}
