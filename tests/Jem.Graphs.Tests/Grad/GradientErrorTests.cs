using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Grad;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class GradientErrorTests
{
    private readonly Graph _graph = new("g");

    private readonly Value _x;

    public GradientErrorTests() => _x = _graph.Input("x", DType.Float, [2, 3]);

    [Test]
    public void A_loss_is_a_scalar() =>
        Expect(_x * 2, "The gradient of 'Mul_1: float32[2,3]' was asked for; expected a scalar. Take its Mean or Sum.");

    [Test]
    public void An_operator_without_a_rule_is_named_with_its_place()
    {
        var images = _graph.Input("images", DType.Float, [2, 3, 4, 4]);
        Value y;
        using (_graph.Enter("encoder.bn1"))
        {
            var channel = Op.FillLike(images, [3], 1);
            y = Op.BatchNormInference(images, channel, channel, channel, channel);
        }

        Assert.That(() => Gradient.Of(Op.Sum(y), [images]), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "No gradient rule for 'BatchNormalization' at 'encoder.bn1.BatchNormalization_1' (input float32[2,3,4,4]). "
            + "Add a row in Ops/ or wrap the input in StopGradient."));
    }

    [Test]
    public void A_stopped_way_is_no_way() =>
        Expect(Op.Sum(Op.StopGradient(_x)), "'ReduceSum_1' does not depend on 'x' by any way that a gradient takes. "
            + "Leave it out, or look for a StopGradient between them.");

    [Test]
    public void A_comparison_is_no_way() =>
        Expect(Op.Sum(Op.Cast(Op.Greater(_x, Op.ScalarLike(_x, 0)), DType.Float)), "'ReduceSum_1' does not depend on 'x' by any way that a gradient takes. "
            + "Leave it out, or look for a StopGradient between them.");

    [Test]
    public void A_value_apart_from_the_loss_is_named() =>
        Expect(Op.Sum(_graph.Input("y", DType.Float, [3])), "'ReduceSum_1' does not depend on 'x' by any way that a gradient takes. "
            + "Leave it out, or look for a StopGradient between them.");

    [Test]
    public void A_rule_gives_as_many_gradients_as_there_are_inputs()
    {
        var y = _graph.Append("Neg", [_x, _x], Attributes.None, [(DType.Float, _x.Shape)]).Output();
        Expect(Op.Sum(y), "The gradient rule of 'Neg' gave 1 gradients at 'Neg_1' for 2 inputs.");
    }

    [Test]
    public void A_gradient_has_the_shape_of_its_input()
    {
        var y = _graph.Append("Neg", [_x], Attributes.None, [(DType.Float, [4, 6])]).Output();
        Expect(Op.Sum(y), "A gradient of shape [4,6] does not fit 'x: float32[2,3]' in 'g'.");
    }

    [Test]
    public void The_statistics_of_a_batch_norm_are_no_way()
    {
        var channel = Op.FillLike(_x, [3], 1);
        var (_, mean, _) = Op.BatchNormTraining(_x, channel, channel);
        Expect(Op.Sum(mean), "expected a gradient through y only at 'BatchNormTraining_2': wrap the mean and the variance in StopGradient.");
    }

    private void Expect(Value loss, string message) =>
        Assert.That(() => Gradient.Of(loss, [_x]), Throws.TypeOf<GraphException>().With.Message.EqualTo(message));
}
