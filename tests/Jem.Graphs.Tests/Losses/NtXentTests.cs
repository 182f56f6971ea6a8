using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Losses;

public class NtXentTests
{
    [Test]
    public void Value_and_gradient_are_those_of_the_papers_formula([Values(3, 12)] int images, [Values(0.1, 0.5)] double temperature)
    {
        var oracle = new Oracle("nt_xent");
        var (loss, gradient) = Loss(oracle[$"{images}.embeddings"], 2 * images, temperature);
        Relative.Agree("the loss", [loss], oracle[$"{images}.{temperature}.loss"], 1e-5);
        Relative.Agree("the gradient", gradient, oracle[$"{images}.{temperature}.gradient"], 1e-4);
    }

    [Test]
    public void Equal_embeddings_cannot_be_told_apart([Values(2, 5)] int images, [Values(0.1, 1)] double temperature)
    {
        double[] embeddings = [.. Enumerable.Repeat(new[] { 1.0, -2, 0.5 }, 2 * images).SelectMany(row => row)];
        Assert.That(Loss(embeddings, 2 * images, temperature).Loss, Is.EqualTo(Math.Log((2 * images) - 1)).Within(1e-5));
    }

    [Test]
    public void Length_does_not_matter()
    {
        var embeddings = Normals(8 * 4);
        var scaled = embeddings.Select((element, i) => element * (1 + (i / 4))).ToArray();
        Assert.That(Loss(scaled, 8, 0.5).Loss, Is.EqualTo(Loss(embeddings, 8, 0.5).Loss).Within(1e-5));
    }

    [Test]
    public void Either_view_may_come_first()
    {
        var embeddings = Normals(8 * 4);
        Assert.That(Loss([.. embeddings[16..], .. embeddings[..16]], 8, 0.5).Loss, Is.EqualTo(Loss(embeddings, 8, 0.5).Loss).Within(1e-5));
    }

    [Test]
    public void Views_of_an_image_that_agree_cost_less_than_views_that_do_not()
    {
        var half = Normals(4 * 8);
        var agree = Loss([.. half, .. half], 8, 0.1).Loss;
        var differ = Loss([.. half, .. half[8..], .. half[..8]], 8, 0.1).Loss;
        Assert.That(agree, Is.LessThan(0.5 * differ));
    }

    [Test]
    public void A_zero_embedding_leaves_loss_and_gradient_finite()
    {
        var embeddings = Normals(4 * 3);
        embeddings.AsSpan(3, 3).Clear();
        var (loss, gradient) = Loss(embeddings, 4, 0.5);
        Assert.That(gradient.Append(loss), Is.All.Matches<double>(double.IsFinite));
    }

    [TestCase(4, 0.0)]
    [TestCase(4, -0.5)]
    [TestCase(4, double.NaN)]
    [TestCase(5, 0.5)]
    [TestCase(2, 0.5)]
    public void A_temperature_or_a_batch_out_of_range_is_refused(int rows, double temperature)
    {
        var z = new Graph("loss").Input("z", DType.Float, [rows, 3]);
        Assert.That(() => NtXent.Loss(z, temperature), Throws.ArgumentException.With.Message.EqualTo(
            $"NT-Xent needs a temperature > 0 and the two views of at least 2 images; got temperature {temperature} and {rows} rows."));
    }

    private static (double Loss, double[] Gradient) Loss(double[] embeddings, int rows, double temperature)
    {
        var graph = new Graph("loss");
        var z = graph.Input("z", DType.Float, [rows, embeddings.Length / rows]);
        var loss = NtXent.Loss(z, temperature);
        var gradient = Gradient.Of(loss, [z])[0];
        graph.Output("loss", Op.Identity(loss));
        graph.Output("gradient", Op.Identity(gradient));
        using var runner = new GraphRunner(graph);
        var results = runner.Run([embeddings]);
        return (results[0][0], results[1]);
    }

    private static double[] Normals(int count)
    {
        var random = new SeededRandom(1);
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = random.NextNormal();
        }

        return values;
    }
}
