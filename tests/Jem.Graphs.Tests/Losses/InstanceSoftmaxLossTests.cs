using Jem.Graphs.Ir;
using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class InstanceSoftmaxLossTests
{
    [Test]
    public void Value_and_gradient_are_those_of_the_papers_formula([Values(3, 12)] int batch, [Values(0.07, 0.1)] double temperature)
    {
        var oracle = new Oracle("instance_softmax");
        var (loss, gradients) = Loss(temperature,
            Given.From(oracle, $"{batch}.embeddings"), Given.From(oracle, $"{batch}.bank"), Given.From(oracle, $"{batch}.ids") with { Type = DType.Int64 });
        Relative.Agree("the loss", [loss], oracle[$"{batch}.{temperature}.loss"], 1e-5);
        Relative.Agree("the gradient", gradients[0], oracle[$"{batch}.{temperature}.gradient"], 1e-4);
    }

    [Test]
    public void Equal_embeddings_cannot_be_told_apart([Values(2, 9)] int images)
    {
        var (loss, _) = Loss(0.07, Given.Rows(2, 3, 4), Given.Rows(images, 0.6, 0.8), Ids(0, images - 1));
        Assert.That(loss, Is.EqualTo(Math.Log(images)).Within(1e-5));
    }

    [Test]
    public void An_embedding_that_is_its_own_row_costs_least_under_its_own_id()
    {
        var bank = new Given([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        double[] losses = [.. Enumerable.Range(0, 3).Select(id => Loss(0.07, Given.Rows(1, 0, 5, 0), bank, Ids(id)).Loss)];
        Assert.That(losses[1], Is.EqualTo(0).Within(1e-5));
        Assert.That(losses[0], Is.EqualTo(1 / 0.07).Within(1e-4));
        Assert.That(losses[2], Is.EqualTo(1 / 0.07).Within(1e-4));
    }

    [Test]
    public void The_bank_gets_no_gradient() =>
        LossRunner.Stops(x => InstanceSoftmaxLoss.Of(x[0], x[1], x[2], 0.07), [1], Given.Normals([2, 3]), Given.Normals([5, 3]), Ids(0, 1));

    [TestCase(0.0, 3, 5)]
    [TestCase(double.NaN, 3, 5)]
    [TestCase(0.1, 1, 5)]
    [TestCase(0.1, 3, 4)]
    public void A_temperature_or_a_shape_that_does_not_fit_is_refused(double temperature, int ids, int dimension)
    {
        var graph = new Graph("loss");
        var (z, bank, id) = (graph.Input("z", DType.Float, [3, 5]), graph.Input("bank", DType.Float, [9, dimension]), graph.Input("ids", DType.Int64, [ids]));
        Assert.That(() => InstanceSoftmaxLoss.Of(z, bank, id, temperature), Throws.ArgumentException.With.Message.EqualTo(
            "The instance softmax needs a temperature > 0 (0.07 in the paper), embeddings [B,D], a bank [n,D] and int64 ids [B]; "
            + $"got temperature {temperature}, embeddings [3,5], bank [9,{dimension}] and int64 ids [{ids}]."));
    }

    [Test]
    public void Ids_that_are_no_integers_are_refused()
    {
        var x = LossRunner.Values([3, 5], [9, 5], [3]);
        Assert.That(() => InstanceSoftmaxLoss.Of(x[0], x[1], x[2], 0.1), Throws.ArgumentException.With.Message.EndsWith("and float32 ids [3]."));
    }

    private static Given Ids(params double[] ids) => new([ids.Length], ids, DType.Int64);

    private static (double Loss, double[][] Gradients) Loss(double temperature, params Given[] inputs) =>
        LossRunner.Run(x => InstanceSoftmaxLoss.Of(x[0], x[1], x[2], temperature), 1, inputs);
}
