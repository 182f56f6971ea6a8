using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Linear;

namespace Jem.Trainer.Tests.Eval.Linear;

public sealed class ProbeOracleTests
{
    private static readonly VectorMatrix s_x = WithOnes(EvaluationOracle.Bank.Vectors);
    private static readonly int[] s_labels = EvaluationOracle.Bank.Labels;
    private static readonly int s_classes = EvaluationOracle.Bank.Classes;

    [Test]
    public void Lbfgs_reaches_the_minimum_that_PyTorch_finds()
    {
        var weights = LbfgsProbe.Fit(s_x, s_labels, s_classes, iterations: 500, tolerance: 0, _ => { }, default);
        Assert.That(weights, Is.EqualTo(EvaluationOracle.Floats(EvaluationOracle.Json["lbfgs"]!)).Within(2e-3f));
    }

    [Test]
    public void Sgd_goes_as_PyTorch_does_over_the_same_batches()
    {
        var recorded = EvaluationOracle.Json["sgd"]!;
        var orders = recorded["orders"]!.AsArray().Select(order => order!.AsArray().Select(row => (int)row!).ToArray()).ToArray();
        var options = new SgdOptions(orders.Length, (double)recorded["rate"]!, Batch: (int)recorded["batch"]!);
        var weights = SgdProbe.Fit(s_x, s_labels, s_classes, options, epoch => orders[epoch], _ => { }, default);
        Assert.That(weights, Is.EqualTo(EvaluationOracle.Floats(recorded["weights"]!)).Within(1e-5f));
    }

    [Test]
    public void Sgd_depends_on_the_seed_alone()
    {
        float[] Fit(ulong seed) => SgdProbe.Fit(s_x, s_labels, s_classes, new SgdOptions(Epochs: 4, Batch: 32), seed, _ => { }, default);
        var first = Fit(1);
        Assert.That(Fit(1), Is.EqualTo(first));
        Assert.That(Fit(2), Is.Not.EqualTo(first));
    }

    [TestCase(5, 3, 4)]
    [TestCase(37, 11, 6)]
    [TestCase(203, 70, 13)]
    public void Loss_and_gradient_are_what_the_formula_says(int count, int dimension, int classes)
    {
        var data = Blobs.Draw(count, dimension, classes, 1, seed: 1);
        var weights = Blobs.Draw(classes, dimension, classes, 1, seed: 2).Vectors.Data.ToArray();
        int[] rows = [.. Enumerable.Range(0, count).Where(row => row % 5 != 1)];
        var (loss, expected) = (0.0, new double[weights.Length]);
        foreach (var row in rows)
        {
            var x = data.Vectors.Row(row).ToArray();
            var scores = Enumerable.Range(0, classes)
                .Select(c => Math.Exp(x.Select((value, i) => (double)value * weights[(c * dimension) + i]).Sum()))
                .ToArray();
            loss -= Math.Log(scores[data.Labels[row]] / scores.Sum()) / rows.Length;
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i] += ((scores[i / dimension] / scores.Sum()) - (i / dimension == data.Labels[row] ? 1 : 0)) * x[i % dimension] / rows.Length;
            }
        }

        var gradient = new float[weights.Length];
        Assert.That(new SoftmaxRegression(data.Vectors, data.Labels, classes).Loss(weights, gradient, rows), Is.EqualTo(loss).Within(1e-5 * Math.Max(1, loss)));
        Assert.That(gradient, Is.EqualTo(Array.ConvertAll(expected, value => (float)value)).Within(1e-5f));
    }

    private static VectorMatrix WithOnes(VectorMatrix x) =>
        new(Enumerable.Range(0, x.Count).SelectMany(row => (float[])[.. x.Row(row), 1]).ToArray(), x.Count, x.Dimension + 1);
}
