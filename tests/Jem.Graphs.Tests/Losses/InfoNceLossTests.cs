using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class InfoNceLossTests
{
    [Test]
    public void Value_and_gradient_are_those_of_the_papers_formula([Values(3, 12)] int images, [Values(0.07, 0.2)] double temperature)
    {
        var oracle = new Oracle("info_nce");
        var (loss, gradients) = Loss(temperature, Given.From(oracle, $"{images}.queries"), Given.From(oracle, $"{images}.keys"),
            Given.From(oracle, $"{images}.queue"));
        Relative.Agree("the loss", [loss], oracle[$"{images}.{temperature}.loss"], 1e-5);
        Relative.Agree("the gradient", gradients[0], oracle[$"{images}.{temperature}.gradient"], 1e-4);
    }

    [Test]
    public void Equal_embeddings_cannot_be_told_apart([Values(1, 6)] int length, [Values(0.07, 1)] double temperature)
    {
        var (loss, _) = Loss(temperature, Given.Rows(3, 6, -8), Given.Rows(3, 3, -4), Given.Rows(length, 0.6, -0.8));
        Assert.That(loss, Is.EqualTo(Math.Log(length + 1)).Within(1e-5));
    }

    [Test]
    public void A_key_that_agrees_costs_less_than_one_that_does_not()
    {
        var (queries, queue) = (Given.Normals([4, 8]), Given.Normals([9, 8], 2));
        var differ = Loss(0.2, queries, Given.Normals([4, 8], 3), queue).Loss;
        Assert.That(Loss(0.2, queries, queries, queue).Loss, Is.LessThan(differ));
    }

    [Test]
    public void Length_does_not_matter()
    {
        var (queries, keys, queue) = (Given.Normals([4, 3]), Given.Normals([4, 3], 2), Given.Rows(2, 0.6, 0.8, 0));
        var longer = Loss(0.2, queries.With((x, i) => x * (1 + i / 3)), keys.With((x, _) => x * 5), queue);
        Assert.That(longer.Loss, Is.EqualTo(Loss(0.2, queries, keys, queue).Loss).Within(1e-5));
    }

    [Test]
    public void Neither_keys_nor_queue_get_a_gradient() =>
        LossRunner.Stops(x => InfoNceLoss.Of(x[0], x[1], x[2], 0.07), [1, 2], Given.Normals([4, 3]), Given.Normals([4, 3]), Given.Normals([5, 3]));

    [TestCase(0.0, 3, 5)]
    [TestCase(-1.0, 3, 5)]
    [TestCase(double.NaN, 3, 5)]
    [TestCase(0.07, 1, 5)]
    [TestCase(0.07, 3, 4)]
    public void A_temperature_or_a_shape_that_does_not_fit_is_refused(double temperature, int keys, int dimension)
    {
        var x = LossRunner.Values([3, 5], [keys, 5], [9, dimension]);
        Assert.That(() => InfoNceLoss.Of(x[0], x[1], x[2], temperature), Throws.ArgumentException.With.Message.EqualTo(
            "InfoNCE needs a temperature > 0 (0.07 or 0.2 in the papers), queries and keys of one shape [B,D] and a queue [K,D]; "
            + $"got temperature {temperature}, queries [3,5], keys [{keys},5] and queue [9,{dimension}]."));
    }

    private static (double Loss, double[][] Gradients) Loss(double temperature, params Given[] inputs) =>
        LossRunner.Run(x => InfoNceLoss.Of(x[0], x[1], x[2], temperature), 1, inputs);
}
