using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Linear;

namespace Jem.Trainer.Tests.Eval.Linear;

public sealed class ProbeOracleTests
{
    private static readonly VectorMatrix s_x = EvaluationOracle.Bank.Vectors;
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
}
