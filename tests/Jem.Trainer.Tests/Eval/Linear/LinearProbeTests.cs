using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Linear;

public sealed class LinearProbeTests
{
    [Test]
    public void Far_clouds_are_told_apart_whatever_the_scale_of_a_feature()
    {
        var (train, test) = (Stretch(Blobs.Draw(3000, 20, 5, 12, seed: 1)), Stretch(Blobs.Draw(500, 20, 5, 12, seed: 2)));
        Assert.That(Lbfgs().Accuracy(train, test), Is.EqualTo(1));
    }

    [Test]
    public void Overlapping_clouds_reach_what_is_possible()
    {
        // The best line between two normal clouds is right with Φ(half the distance of their centres).
        var (train, test) = (Blobs.Draw(20_000, 6, 2, 1.5, seed: 1), Blobs.Draw(20_000, 6, 2, 1.5, seed: 2));
        var (a, b) = (Mean(test, 0), Mean(test, 1));
        var half = Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()) / 2;
        Assert.That(Lbfgs().Accuracy(train, test), Is.EqualTo(MathNet.Numerics.Distributions.Normal.CDF(0, 1, half)).Within(0.01));
    }

    [Test]
    public void Wide_scores_do_not_overflow()
    {
        // Separable on a line, almost without penalty per row: the weights grow until exp would overflow.
        var vectors = new VectorMatrix(Enumerable.Range(0, 4000).Select(i => i < 2000 ? -1f - i : 1f + i).ToArray(), 4000, 1);
        var data = new LabelledVectors(vectors, [.. Enumerable.Range(0, 4000).Select(i => i / 2000)], 2);
        Assert.That(Lbfgs().Accuracy(data, data), Is.EqualTo(1));
    }

    [Test]
    public void A_feature_that_never_changes_does_no_harm()
    {
        var data = Blobs.Draw(400, 8, 2, 10, seed: 1);
        var values = data.Vectors.Data.ToArray();
        for (var i = 0; i < values.Length; i += 8)
        {
            values[i] = 0.3f;
        }

        var constant = data with { Vectors = new VectorMatrix(values, 400, 8) };
        Assert.That(Lbfgs().Accuracy(constant, constant), Is.GreaterThan(0.99));
    }

    [Test]
    public void Few_labels_are_drawn_by_the_seed()
    {
        var (train, test) = (Blobs.Draw(1000, 16, 4, 2, seed: 1), Blobs.Draw(400, 16, 4, 2, seed: 2));
        var five = Lbfgs(seed: 7).FewLabels(train, test, 5, draws: 6);
        Assert.That(Lbfgs(seed: 7).FewLabels(train, test, 5, draws: 6), Is.EqualTo(five));
        Assert.That(Lbfgs(seed: 8).FewLabels(train, test, 5, draws: 6), Is.Not.EqualTo(five));
        Assert.That(five.Deviation, Is.GreaterThan(0).And.LessThan(0.2));
        Assert.That(five.Mean, Is.GreaterThan(0.4).And.LessThan(Lbfgs().Accuracy(train, test)));
    }

    [Test]
    public void All_rows_of_every_class_are_the_whole_training_set()
    {
        var (train, test) = (Blobs.Draw(80, 6, 4, 2, seed: 1), Blobs.Draw(400, 6, 4, 2, seed: 2));
        var few = Lbfgs(seed: 1).FewLabels(train, test, 20, draws: 2);
        Assert.That(few.Mean, Is.EqualTo(Lbfgs().Accuracy(train, test)).Within(0.005));
    }

    [Test]
    public void A_class_with_too_few_labels_is_named() =>
        Assert.That(
            () => Lbfgs().FewLabels(Blobs.Draw(11, 3, 4, 2, seed: 1), Blobs.Draw(4, 3, 4, 2, seed: 2), 3, 1),
            Throws.ArgumentException.With.Message.EqualTo("3 labels per class were asked for, but class 3 has 2 images."));

    [Test]
    public void Both_solvers_come_to_much_the_same()
    {
        var (train, test) = (Stretch(Blobs.Draw(2000, 12, 4, 1.5, seed: 1)), Stretch(Blobs.Draw(2000, 12, 4, 1.5, seed: 2)));
        Assert.That(new LinearProbe(new() { Solver = Solver.Sgd }).Accuracy(train, test), Is.EqualTo(Lbfgs().Accuracy(train, test)).Within(0.01));
    }

    [Test]
    public void A_probe_can_be_interrupted_and_says_how_far_it_is([Values] Solver solver)
    {
        var data = Blobs.Draw(600, 8, 3, 1, seed: 1);
        using var interruption = new CancellationTokenSource();
        var told = new List<int>();
        var probe = new LinearProbe(
            new() { Solver = solver },
            done =>
            {
                told.Add(done);
                if (done == 3)
                {
                    interruption.Cancel();
                }
            },
            interruption.Token);
        Assert.That(() => probe.Accuracy(data, data), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(told, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    private static LinearProbe Lbfgs(ulong seed = 0) => new(new() { Seed = seed });

    // Features of very different sizes, far from zero.
    private static LabelledVectors Stretch(LabelledVectors data)
    {
        var values = data.Vectors.Data.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] + 10) * MathF.Pow(10, (i % data.Vectors.Dimension % 7) - 3);
        }

        return data with { Vectors = new VectorMatrix(values, data.Vectors.Count, data.Vectors.Dimension) };
    }

    private static double[] Mean(LabelledVectors data, int label)
    {
        var rows = Enumerable.Range(0, data.Labels.Length).Where(row => data.Labels[row] == label).Select(row => data.Vectors.Row(row).ToArray()).ToList();
        return [.. Enumerable.Range(0, data.Vectors.Dimension).Select(i => rows.Average(row => (double)row[i]))];
    }
}
