using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class BarlowTwinsLossTests
{
    // Columns of a Hadamard matrix: mean 0, variance 1, uncorrelated.
    private static readonly Given s_uncorrelated = new([4, 3], [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1]);

    [Test]
    public void Value_and_gradients_are_those_of_the_papers_formula([Values(4, 16)] int images, [Values(0.0051, 0.5)] double lambda)
    {
        var oracle = new Oracle("barlow_twins");
        var (loss, gradients) = Loss(lambda, lambda == 0.5 ? 0.1 : 1, Given.From(oracle, $"{images}.a"), Given.From(oracle, $"{images}.b"));
        Relative.Agree("the loss", [loss], oracle[$"{images}.{lambda}.loss"], 1e-5);
        Relative.Agree("the gradient by a", gradients[0], oracle[$"{images}.{lambda}.gradient.a"], 1e-4);
        Relative.Agree("the gradient by b", gradients[1], oracle[$"{images}.{lambda}.gradient.b"], 1e-4);
    }

    [Test]
    public void Equal_views_without_redundancy_cost_nothing() =>
        Assert.That(Loss(0.5, 1, s_uncorrelated, s_uncorrelated).Loss, Is.EqualTo(0).Within(1e-8));

    [Test]
    public void Equal_embeddings_cost_one_for_each_dimension([Values(0.1, 1)] double scale)
    {
        var (loss, gradients) = Loss(0.0051, scale, Given.Rows(4, 1, -2, 0.5), Given.Rows(4, 3, 3, 3));
        Assert.That(loss, Is.EqualTo(3 * scale).Within(1e-5));
        Assert.That(gradients.SelectMany(gradient => gradient), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void Scale_and_offset_of_a_dimension_do_not_matter()
    {
        var (a, b) = (Given.Normals([8, 3]), Given.Normals([8, 3], 2));
        var moved = Loss(0.5, 1, a.With((x, i) => (x * (10 + (i % 3))) - (i % 3)), b);
        Assert.That(moved.Loss, Is.EqualTo(Loss(0.5, 1, a, b).Loss).Within(1e-4));
    }

    // Negating one view leaves all squares off the diagonal and moves Cᵢᵢ from 1 to −1.
    [Test]
    public void Opposite_views_cost_four_for_each_dimension() =>
        Assert.That(Loss(0.5, 1, s_uncorrelated, s_uncorrelated.With((x, _) => -x)).Loss, Is.EqualTo(12).Within(1e-3));

    [TestCase(-0.1, 1.0, 4, 4, 3)]
    [TestCase(double.NaN, 1.0, 4, 4, 3)]
    [TestCase(0.1, 0.0, 4, 4, 3)]
    [TestCase(0.1, 1.0, 4, 1, 3)]
    [TestCase(0.1, 1.0, 1, 1, 3)]
    [TestCase(0.1, 1.0, 4, 4, 1)]
    public void A_setting_or_a_shape_out_of_range_is_refused(double lambda, double scale, int a, int b, int dimension)
    {
        var x = LossRunner.Values([a, dimension], [b, dimension]);
        Assert.That(() => BarlowTwinsLoss.Of(x[0], x[1], lambda, scale), Throws.ArgumentException.With.Message.EqualTo(
            "Barlow Twins needs λ ≥ 0 (0.0051 in the paper), a scale > 0 and two views [B,D] of at least 2 images and 2 dimensions; "
            + $"got λ {lambda}, scale {scale} and views [{a},{dimension}] and [{b},{dimension}]."));
    }

    private static (double Loss, double[][] Gradients) Loss(double lambda, double scale, params Given[] views) =>
        LossRunner.Run(x => BarlowTwinsLoss.Of(x[0], x[1], lambda, scale), 2, views);
}
