using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class SmoothL1LossTests
{
    [Test]
    public void Value_and_gradients_are_those_of_PyTorch_on_the_masked_tokens([Values(2, 4)] int images, [Values(0.5, 2)] double beta)
    {
        var oracle = new Oracle("smooth_l1");
        var name = beta == 2 ? "2.0" : "0.5";
        var (loss, gradients) = Loss(beta, Given.From(oracle, $"{images}.predictions"), Given.From(oracle, $"{images}.targets"),
            Given.From(oracle, $"{images}.mask"));
        Relative.Agree("the loss", [loss], oracle[$"{images}.{name}.loss"], 1e-5);
        Relative.Agree("the gradient by predictions", gradients[0], oracle[$"{images}.{name}.gradient.predictions"], 1e-4);
        Relative.Agree("the gradient by targets", gradients[1], oracle[$"{images}.{name}.gradient.targets"], 1e-4);
    }

    // The square and the line meet in value ½β and in slope 1.
    [TestCase(2, 1, 1)]
    [TestCase(-2, 1, -1)]
    [TestCase(0, 0, 0)]
    [TestCase(1, 0.25, 0.5)]
    [TestCase(5, 4, 1)]
    public void At_the_kink_value_and_slope_are_those_of_both_sides(double difference, double value, double slope)
    {
        var (loss, gradients) = Loss(2, new Given([1, 1, 1], [difference]), new Given([1, 1, 1], [0]), new Given([1, 1], [1]));
        Assert.That((loss, gradients[0][0], gradients[1][0]), Is.EqualTo((value, slope, -slope)));
    }

    [Test]
    public void Tokens_that_are_not_masked_have_no_influence()
    {
        var (predictions, targets, mask) = (Given.Normals([2, 3, 4]), Given.Normals([2, 3, 4], 2), new Given([2, 3], [1, 0, 1, 0, 0, 1]));
        var (loss, gradients) = Loss(2, predictions, targets, mask);
        var changed = Loss(2, predictions.With((x, i) => mask.Elements[i / 4] == 0 ? x + 100 : x), targets, mask);
        Assert.That(changed.Loss, Is.EqualTo(loss));
        Assert.That(gradients[0].Where((_, i) => mask.Elements[i / 4] == 0), Is.All.Zero);
        Assert.That(gradients[0].Where((_, i) => mask.Elements[i / 4] == 1), Is.All.Not.Zero);
    }

    [Test]
    public void Without_a_masked_token_loss_and_gradients_are_zero()
    {
        var (loss, gradients) = Loss(2, Given.Normals([2, 3, 4]), Given.Normals([2, 3, 4], 2), new Given([2, 3], new double[6]));
        Assert.That(gradients.SelectMany(gradient => gradient).Append(loss), Is.All.Zero);
    }

    [TestCase(0.0, 2, 3)]
    [TestCase(-1.0, 2, 3)]
    [TestCase(double.NaN, 2, 3)]
    [TestCase(2.0, 1, 3)]
    [TestCase(2.0, 2, 1)]
    public void A_bend_or_a_shape_that_does_not_fit_is_refused(double beta, int targets, int tokens)
    {
        var x = LossRunner.Values([2, 3, 4], [targets, 3, 4], [2, tokens]);
        Assert.That(() => SmoothL1Loss.Of(x[0], x[1], x[2], beta), Throws.ArgumentException.With.Message.EqualTo(
            "Smooth L1 needs β > 0 (2 in the paper), predictions and targets of one shape [N,T,D] and a mask [N,T]; "
            + $"got β {beta}, predictions [2,3,4], targets [{targets},3,4] and mask [2,{tokens}]."));
    }

    private static (double Loss, double[][] Gradients) Loss(double beta, params Given[] inputs) =>
        LossRunner.Run(x => SmoothL1Loss.Of(x[0], x[1], x[2], beta), 2, inputs);
}
