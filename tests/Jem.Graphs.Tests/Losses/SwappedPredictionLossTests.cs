using Jem.Graphs.Ir;
using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class SwappedPredictionLossTests
{
    [Test]
    public void Value_and_gradient_are_those_of_the_papers_formula([Values(3, 6, 5)] int batch)
    {
        var oracle = new Oracle("swapped_prediction");
        var (loss, gradients) = Loss(Given.From(oracle, $"{batch}.scores"), Given.From(oracle, $"{batch}.codes"));
        Relative.Agree("the loss", [loss], oracle[$"{batch}.loss"], 1e-5);
        Relative.Agree("the gradient", gradients[0], oracle[$"{batch}.gradient"], 1e-4);
    }

    [Test]
    public void Equal_scores_cost_the_logarithm_of_the_number_of_prototypes([Values(2, 7)] int prototypes)
    {
        var codes = new Given([2, 3, prototypes], [.. Enumerable.Repeat(1.0 / prototypes, 6 * prototypes)]);
        var scores = new Given([4, 3, prototypes], [.. Enumerable.Repeat(0.3, 12 * prototypes)]);
        Assert.That(Loss(scores, codes).Loss, Is.EqualTo(Math.Log(prototypes)).Within(1e-5));
    }

    [Test]
    public void A_view_does_not_predict_its_own_codes()
    {
        var (_, gradients) = Loss(Given.Normals([3, 2, 4]), new Given([1, 2, 4], [.. Enumerable.Repeat(0.25, 8)]));
        Assert.That(gradients[0][..8], Is.All.Zero);
        Assert.That(gradients[0][8..], Is.All.Not.Zero);
    }

    [TestCase(0.0, 2, 2, 3)]
    [TestCase(double.NaN, 2, 2, 3)]
    [TestCase(0.1, 1, 1, 3)]
    [TestCase(0.1, 2, 3, 3)]
    [TestCase(0.1, 2, 2, 1)]
    public void A_temperature_or_views_that_do_not_fit_are_refused(double temperature, int views, int coded, int rows)
    {
        var x = LossRunner.Values([.. Enumerable.Repeat<Shape>([3, 4], views), .. Enumerable.Repeat<Shape>([rows, 4], coded)]);
        Assert.That(() => SwappedPredictionLoss.Of(x[..views], x[views..], temperature), Throws.ArgumentException.With.Message.EqualTo(
            "SwAV's loss needs a temperature > 0 (0.1 in the paper), scores of at least 2 views and codes of the first of them, all of one shape [B,K]; "
            + $"got temperature {temperature}, scores {Repeated("[3,4]", views)} and codes {Repeated($"[{rows},4]", coded)}."));
    }

    [Test]
    public void No_codes_at_all_are_refused()
    {
        var scores = LossRunner.Values([3, 4], [3, 4]);
        Assert.That(() => SwappedPredictionLoss.Of(scores, [], 0.1), Throws.ArgumentException.With.Message.EndsWith("scores [3,4] [3,4] and codes none."));
    }

    private static string Repeated(string shape, int count) => string.Join(' ', Enumerable.Repeat(shape, count));

    private static (double Loss, double[][] Gradients) Loss(Given scores, Given codes) =>
        LossRunner.Run(x => SwappedPredictionLoss.Of(x[0].Parts(), x[1].Parts(), 0.1), 1, scores, codes);
}
