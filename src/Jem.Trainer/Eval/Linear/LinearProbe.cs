using Jem.Graphs.Seeding;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>How a linear probe is fitted.</summary>
public enum Solver
{
    /// <summary>To the minimum of a penalised loss (<see cref="LbfgsProbe"/>).</summary>
    Lbfgs,

    /// <summary>By the epochs and steps that papers report (<see cref="SgdProbe"/>).</summary>
    Sgd,
}

/// <summary>Settings of a linear probe.</summary>
public sealed record ProbeOptions
{
    public Solver Solver { get; init; }

    /// <summary>L-BFGS ends after so many iterations, or when the loss falls by less than 10⁻⁶ of itself.</summary>
    public int Iterations { get; init; } = 1000;

    public SgdOptions Sgd { get; init; } = new();

    /// <summary>Of the order of the rows and of the draws of few labels.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A linear probe: multinomial logistic regression on frozen, standardised features.</summary>
/// <param name="report">Told which iteration or epoch is done.</param>
public sealed class LinearProbe(ProbeOptions options, Action<int>? report = null, CancellationToken cancellation = default)
{
    private const double Tolerance = 1e-6;

    private readonly Action<int> _report = report ?? (_ => { });

    /// <summary>The accuracy over the test rows when all training rows have labels.</summary>
    public double Accuracy(LabelledVectors train, LabelledVectors test)
    {
        var standardizer = new Standardizer(train.Vectors);
        var x = standardizer.Apply(train.Vectors);
        var weights = options.Solver == Solver.Lbfgs
            ? LbfgsProbe.Fit(x, train.Labels, train.Classes, options.Iterations, Tolerance, _report, cancellation)
            : SgdProbe.Fit(x, train.Labels, train.Classes, options.Sgd, options.Seed, _report, cancellation);
        var predicted = SoftmaxRegression.Predict(weights, standardizer.Apply(test.Vectors), train.Classes);
        return predicted.Zip(test.Labels).Average(pair => pair.First == pair.Second ? 1.0 : 0.0);
    }

    /// <summary>The mean and deviation (of a sample) of the accuracy over random draws of a few labelled rows per class.</summary>
    /// <exception cref="ArgumentException">A class has fewer rows.</exception>
    public (double Mean, double Deviation) FewLabels(LabelledVectors train, LabelledVectors test, int perClass, int draws)
    {
        var accuracies = Enumerable.Range(0, draws).Select(draw => Accuracy(Draw(train, perClass, draw), test)).ToList();
        var mean = accuracies.Average();
        return (mean, Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / Math.Max(1, draws - 1)));
    }

    private LabelledVectors Draw(LabelledVectors train, int perClass, int draw)
    {
        var random = new SeededRandom(options.Seed, (ulong)draw);
        var order = Enumerable.Range(0, train.Labels.Length).ToArray();
        random.Shuffle<int>(order);
        return train.Take([.. order.GroupBy(row => train.Labels[row]).OrderBy(rows => rows.Key).SelectMany(rows => rows.Count() >= perClass
            ? rows.Take(perClass)
            : throw new ArgumentException($"{perClass} labels per class were asked for, but class {rows.Key} has {rows.Count()} images."))]);
    }
}
