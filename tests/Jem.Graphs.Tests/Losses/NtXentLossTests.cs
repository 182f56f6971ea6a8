using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class NtXentLossTests
{
    [Test]
    public void Value_and_gradient_are_those_of_the_papers_formula([Values(3, 12)] int images, [Values(0.1, 0.5)] double temperature)
    {
        var oracle = new Oracle("nt_xent");
        var (loss, gradient) = Loss(Given.From(oracle, $"{images}.embeddings"), temperature);
        Relative.Agree("the loss", [loss], oracle[$"{images}.{temperature}.loss"], 1e-5);
        Relative.Agree("the gradient", gradient, oracle[$"{images}.{temperature}.gradient"], 1e-4);
    }

    [Test]
    public void Equal_embeddings_cannot_be_told_apart([Values(2, 5)] int images, [Values(0.1, 1)] double temperature)
    {
        Assert.That(Loss(Given.Rows(2 * images, 1, -2, 0.5), temperature).Loss, Is.EqualTo(Math.Log((2 * images) - 1)).Within(1e-5));
    }

    [Test]
    public void Length_does_not_matter()
    {
        var embeddings = Given.Normals([8, 4]);
        var scaled = embeddings.With((element, i) => element * (1 + (i / 4)));
        Assert.That(Loss(scaled, 0.5).Loss, Is.EqualTo(Loss(embeddings, 0.5).Loss).Within(1e-5));
    }

    [Test]
    public void Either_view_may_come_first()
    {
        var embeddings = Given.Normals([8, 4]);
        var swapped = embeddings.With((_, i) => embeddings.Elements[(i + 16) % 32]);
        Assert.That(Loss(swapped, 0.5).Loss, Is.EqualTo(Loss(embeddings, 0.5).Loss).Within(1e-5));
    }

    [Test]
    public void Views_of_an_image_that_agree_cost_less_than_views_that_do_not()
    {
        var half = Given.Normals([4, 8]).Elements;
        var agree = Loss(new([8, 8], [.. half, .. half]), 0.1).Loss;
        var differ = Loss(new([8, 8], [.. half, .. half[8..], .. half[..8]]), 0.1).Loss;
        Assert.That(agree, Is.LessThan(0.5 * differ));
    }

    [Test]
    public void A_zero_embedding_leaves_loss_and_gradient_finite()
    {
        var (loss, gradient) = Loss(Given.Normals([4, 3]).With((element, i) => i / 3 == 1 ? 0 : element), 0.5);
        Assert.That(gradient.Append(loss), Is.All.Matches<double>(double.IsFinite));
    }

    [TestCase(4, 0.0)]
    [TestCase(4, -0.5)]
    [TestCase(4, double.NaN)]
    [TestCase(5, 0.5)]
    [TestCase(2, 0.5)]
    public void A_temperature_or_a_batch_out_of_range_is_refused(int rows, double temperature)
    {
        Assert.That(() => NtXentLoss.Of(LossRunner.Values([rows, 3])[0], temperature), Throws.ArgumentException.With.Message.EqualTo(
            $"NT-Xent needs a temperature > 0 and the two views of at least 2 images; got temperature {temperature} and {rows} rows."));
    }

    private static (double Loss, double[] Gradient) Loss(Given embeddings, double temperature)
    {
        var (loss, gradients) = LossRunner.Run(x => NtXentLoss.Of(x[0], temperature), 1, embeddings);
        return (loss, gradients[0]);
    }
}
