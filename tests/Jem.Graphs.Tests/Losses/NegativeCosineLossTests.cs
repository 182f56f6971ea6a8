using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class NegativeCosineLossTests
{
    [Test]
    public void Value_and_gradients_are_those_of_PyTorchs_cosine([Values(3, 12)] int batch)
    {
        var oracle = new Oracle("negative_cosine");
        var (loss, gradients) = Loss(Given.From(oracle, $"{batch}.predictions"), Given.From(oracle, $"{batch}.targets"));
        Relative.Agree("the loss", [loss], oracle[$"{batch}.loss"], 1e-5);
        Relative.Agree("BYOL's loss", [2 + (2 * loss)], oracle[$"{batch}.byol"], 1e-5);
        Relative.Agree("the gradient by predictions", gradients[0], oracle[$"{batch}.gradient.predictions"], 1e-4);
        Relative.Agree("the gradient by targets", gradients[1], oracle[$"{batch}.gradient.targets"], 1e-4);
    }

    [Test]
    public void Equal_directions_cost_minus_one_and_opposite_ones_one([Values(1, -1)] int sign)
    {
        var predictions = Given.Normals([4, 8]);
        Assert.That(Loss(predictions, predictions.With((x, i) => sign * (1 + (i / 8)) * x)).Loss, Is.EqualTo(-sign).Within(1e-5));
    }

    [Test]
    public void A_zero_prediction_leaves_loss_and_gradients_finite()
    {
        var (loss, gradients) = Loss(Given.Rows(2, 0, 0, 0), Given.Normals([2, 3]));
        Assert.That(loss, Is.Zero);
        Assert.That(gradients.SelectMany(gradient => gradient), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void Shapes_that_differ_are_refused()
    {
        var x = LossRunner.Values([3, 5], [1, 5]);
        Assert.That(() => NegativeCosineLoss.Of(x[0], x[1]), Throws.ArgumentException.With.Message.EqualTo(
            "The negative cosine needs predictions and targets of one shape [B,D]; got [3,5] and [1,5]."));
    }

    private static (double Loss, double[][] Gradients) Loss(params Given[] inputs) => LossRunner.Run(x => NegativeCosineLoss.Of(x[0], x[1]), 2, inputs);
}
