using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class VicregLossTests
{
    [Test]
    public void Values_and_gradients_are_those_of_the_authors_formula([Values(4, 16)] int images)
    {
        var oracle = new Oracle("vicreg");
        var (a, b) = (Given.From(oracle, $"{images}.a"), Given.From(oracle, $"{images}.b"));
        var (loss, gradients) = Loss((25, 25, 1), a, b);
        Relative.Agree("the loss", [loss], oracle[$"{images}.loss"], 1e-5);
        Relative.Agree("the gradient by a", gradients[0], oracle[$"{images}.gradient.a"], 1e-4);
        Relative.Agree("the gradient by b", gradients[1], oracle[$"{images}.gradient.b"], 1e-4);
        var terms = Terms(a, b);
        Relative.Agree("the invariance", [terms.Invariance], oracle[$"{images}.invariance"], 1e-5);
        Relative.Agree("the variance", [terms.Variance], oracle[$"{images}.variance"], 1e-5);
        Relative.Agree("the covariance", [terms.Covariance], oracle[$"{images}.covariance"], 1e-5);
    }

    [Test]
    public void Equal_embeddings_cost_their_missing_spread_only()
    {
        var terms = Terms(Given.Rows(4, 1, -2, 0.5), Given.Rows(4, 1, -2, 0.5));
        Assert.That(terms, Is.EqualTo((0.0, 1 - Math.Sqrt(1e-4), 0.0)).Within(1e-6));
    }

    [Test]
    public void Without_the_variance_term_nothing_drives_equal_embeddings_apart()
    {
        var (loss, gradients) = Loss((25, 0, 1), Given.Rows(4, 1, -2, 0.5), Given.Rows(4, 1, -2, 0.5));
        Assert.That(gradients.SelectMany(gradient => gradient).Append(loss), Is.All.Zero);
    }

    [Test]
    public void Dimensions_that_spread_enough_and_are_uncorrelated_cost_nothing()
    {
        Given views = new([4, 3], [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1]);
        Assert.That(Terms(views, views), Is.EqualTo((0.0, 0.0, 0.0)).Within(1e-6));
    }

    [TestCase(-1, 25, 1, 4, 4, 3)]
    [TestCase(25, -1, 1, 4, 4, 3)]
    [TestCase(25, 25, -1, 4, 4, 3)]
    [TestCase(25, double.NaN, 1, 4, 4, 3)]
    [TestCase(25, 25, 1, 4, 1, 3)]
    [TestCase(25, 25, 1, 1, 1, 3)]
    [TestCase(25, 25, 1, 4, 4, 1)]
    public void A_weight_or_a_shape_out_of_range_is_refused(double invariance, double variance, double covariance, int a, int b, int dimension)
    {
        var x = LossRunner.Values([a, dimension], [b, dimension]);
        Assert.That(() => VicregLoss.Of(x[0], x[1], invariance, variance, covariance), Throws.ArgumentException.With.Message.EqualTo(
            "VICReg needs weights ≥ 0 (25, 25 and 1 in the paper) and two views [B,D] of at least 2 images and 2 dimensions; "
            + $"got weights {invariance}, {variance} and {covariance} and views [{a},{dimension}] and [{b},{dimension}]."));
    }

    private static (double Invariance, double Variance, double Covariance) Terms(params Given[] views)
    {
        var terms = LossRunner.Outputs(x => VicregLoss.Of(x[0], x[1], 1, 1, 1) is var loss ? [loss.Invariance, loss.Variance, loss.Covariance] : [], views);
        return (terms[0][0], terms[1][0], terms[2][0]);
    }

    private static (double Loss, double[][] Gradients) Loss((double Invariance, double Variance, double Covariance) weights, params Given[] views) =>
        LossRunner.Run(x => VicregLoss.Of(x[0], x[1], weights.Invariance, weights.Variance, weights.Covariance).Loss, 2, views);
}
