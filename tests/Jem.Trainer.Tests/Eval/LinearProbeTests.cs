using Jem.Embed.Vectors;
using Jem.Trainer.Eval;

namespace Jem.Trainer.Tests.Eval;

public sealed class LinearProbeTests
{
    [Test]
    public void Far_clouds_are_told_apart_whatever_the_scale_of_a_feature()
    {
        var (train, test) = (Stretch(Blobs.Draw(3000, 20, 5, 12, seed: 1)), Stretch(Blobs.Draw(500, 20, 5, 12, seed: 2)));
        Assert.That(LinearProbe.Accuracy(train, test), Is.EqualTo(1));
    }

    [Test]
    public void Overlapping_clouds_reach_what_is_possible()
    {
        // The best line between two normal clouds is right with Φ(half the distance of their centres).
        var (train, test) = (Blobs.Draw(20_000, 6, 2, 1.5, seed: 1), Blobs.Draw(20_000, 6, 2, 1.5, seed: 2));
        var (a, b) = (Mean(test, 0), Mean(test, 1));
        var half = Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()) / 2;
        Assert.That(LinearProbe.Accuracy(train, test), Is.EqualTo(MathNet.Numerics.Distributions.Normal.CDF(0, 1, half)).Within(0.01));
    }

    [Test]
    public void Wide_scores_do_not_overflow()
    {
        // Separable on a line, almost without penalty per row: the weights grow until exp would overflow.
        var vectors = new VectorMatrix(Enumerable.Range(0, 4000).Select(i => i < 2000 ? -1f - i : 1f + i).ToArray(), 4000, 1);
        var data = new LabelledVectors(vectors, [.. Enumerable.Range(0, 4000).Select(i => i / 2000)], 2);
        Assert.That(LinearProbe.Accuracy(data, data, iterations: 500), Is.EqualTo(1));
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
        Assert.That(LinearProbe.Accuracy(constant, constant), Is.GreaterThan(0.99));
    }

    [Test]
    public void Few_labels_are_drawn_by_the_seed()
    {
        var (train, test) = (Blobs.Draw(1000, 16, 4, 2, seed: 1), Blobs.Draw(400, 16, 4, 2, seed: 2));
        var five = LinearProbe.FewLabels(train, test, 5, draws: 6, seed: 7);
        Assert.That(LinearProbe.FewLabels(train, test, 5, draws: 6, seed: 7), Is.EqualTo(five));
        Assert.That(LinearProbe.FewLabels(train, test, 5, draws: 6, seed: 8), Is.Not.EqualTo(five));
        Assert.That(five.Deviation, Is.GreaterThan(0).And.LessThan(0.2));
        Assert.That(five.Mean, Is.GreaterThan(0.4).And.LessThan(LinearProbe.Accuracy(train, test)));
    }

    [Test]
    public void All_rows_of_every_class_are_the_whole_training_set()
    {
        var (train, test) = (Blobs.Draw(80, 6, 4, 2, seed: 1), Blobs.Draw(400, 6, 4, 2, seed: 2));
        var few = LinearProbe.FewLabels(train, test, 20, draws: 2, seed: 1);
        Assert.That(few.Mean, Is.EqualTo(LinearProbe.Accuracy(train, test)).Within(0.005));
    }

    [Test]
    public void A_class_with_too_few_labels_is_named() =>
        Assert.That(() => LinearProbe.FewLabels(Blobs.Draw(11, 3, 4, 2, seed: 1), Blobs.Draw(4, 3, 4, 2, seed: 2), 3, 1, 1), Throws.ArgumentException.With.Message.EqualTo(
            "3 labels per class were asked for, but class 3 has 2 images."));

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
