using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ir;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class GraphTests
{
    private readonly Graph _graph = new("g");

    private readonly Value _x;

    public GraphTests() => _x = _graph.Input("x", DType.Float, [2, 4]);

    [Test]
    public void A_node_is_named_by_scope_operator_and_number()
    {
        using (_graph.Enter("layer1"))
        using (_graph.Enter("0"))
        {
            Assert.That(new[] { Op.Relu(_x).Name, Op.Relu(_x).Name, Op.Exp(_x).Name },
                Is.EqualTo(new[] { "layer1.0.Relu_1", "layer1.0.Relu_2", "layer1.0.Exp_1" }));
        }

        Assert.That(Op.Relu(_x).Name, Is.EqualTo("Relu_1"));
    }

    [Test]
    public void An_invented_name_gives_way_to_one_that_is_taken()
    {
        _graph.Input("Relu_1", DType.Float, []);
        Assert.That(Op.Relu(_x).Name, Is.EqualTo("Relu_2"));
    }

    [Test]
    public void The_outputs_of_a_node_are_numbered() =>
        Assert.That(Op.Split(_x, 1, 1, 3).Select(part => part.Name), Is.EqualTo(new[] { "Split_1.0", "Split_1.1" }));

    [Test]
    public void A_taken_name_is_refused() =>
        Assert.That(() => _graph.Input("x", DType.Float, []), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "The name 'x' is taken in graph 'g'. Names of inputs and outputs must differ."));

    [Test]
    public void A_value_of_another_graph_is_refused()
    {
        var other = new Graph("other").Input("y", DType.Float, [2, 4]);
        Assert.That(() => _x + other, Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "Add_1: input 'y' belongs to graph 'other', not to 'g'."));
    }

    [Test]
    public void An_input_is_no_output() =>
        Assert.That(() => _graph.Output("y", _x), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'x' cannot become the output 'y': it must be computed by a node of 'g' and not be an output yet. Wrap it in Identity."));

    [Test]
    public void A_value_is_one_output()
    {
        var y = Op.Relu(_x);
        _graph.Output("y", y);
        Assert.That(() => _graph.Output("z", y), Throws.TypeOf<GraphException>().With.Message.Contains("Wrap it in Identity."));
        Assert.That(y.Name, Is.EqualTo("y"));
    }

    [Test]
    public void Equal_constants_are_one_value()
    {
        Assert.That(Op.ScalarLike(_x, 2), Is.SameAs(Op.ScalarLike(_x, 2)));
        Assert.That(Op.ScalarLike(_x, 2), Is.Not.SameAs(Op.ScalarLike(_x, 3)));
        Assert.That(Op.ConstantLike(_x, [2], 2, 2), Is.Not.SameAs(Op.ConstantLike(_x, [2, 1], 2, 2)));
    }

    [Test]
    public void The_elements_of_a_constant_fill_its_shape() =>
        Assert.That(() => Op.ConstantLike(_x, [2, 2], 1, 2, 3), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "A constant of shape [2,2] in 'g' needs 4 elements; got 3."));

    [Test]
    public void Calls_of_one_shape_share_a_function()
    {
        var (scale, bias) = (Op.FillLike(_x, [4], 1), Op.FillLike(_x, [4], 0));
        Op.BatchNormTraining(_x, scale, bias);
        Op.BatchNormTraining(Op.Exp(_x), scale, bias);
        Assert.That(_graph.Functions.Count(), Is.EqualTo(1));
        Op.BatchNormTraining(_x, scale, bias, epsilon: 0.1);
        Assert.That(_graph.Functions.Select(function => function.Name), Is.Unique.And.Exactly(2).StartsWith("BatchNormTraining_"));
    }

    [Test]
    public void Pruning_leaves_only_what_an_output_needs()
    {
        var y = Op.Relu(_x * 2);
        Op.Exp(y + 3);
        Op.BatchNormTraining(y, Op.FillLike(y, [4], 1), Op.FillLike(y, [4], 5));
        _graph.Output("y", y);
        _graph.Prune();
        Assert.That(_graph.Nodes.Select(node => node.Name), Is.EqualTo(new[] { "Mul_1", "Relu_1" }));
        Assert.That(_graph.Constants.Select(constant => ((double[])constant.Constant!)[0]), Is.EqualTo(new[] { 2.0 }));
        Assert.That(_graph.Functions, Is.Empty);
        Assert.That(_graph.Inputs, Has.Count.EqualTo(1));
    }

    [Test]
    public void Pruning_keeps_a_node_of_which_one_output_is_needed()
    {
        var parts = Op.Split(_x, 1, 1, 3);
        _graph.Output("y", Op.Relu(parts[1]));
        _graph.Prune();
        Assert.That(_graph.Nodes.Select(node => node.Op), Is.EqualTo(new[] { "Split", "Relu" }));
    }
}
