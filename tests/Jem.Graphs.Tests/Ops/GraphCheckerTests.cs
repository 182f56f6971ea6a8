using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ops;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class GraphCheckerTests
{
    private readonly Graph _graph = new("g");

    private readonly Value _x;

    public GraphCheckerTests() => _x = _graph.Input("x", DType.Float, [2, 4]);

    [Test]
    public void A_value_that_was_pruned_cannot_be_read()
    {
        var gone = Op.Relu(_x);
        _graph.Prune();
        _graph.Output("y", Op.Neg(gone));
        Expect("Graph 'g' is broken: 'Neg_1' reads 'Relu_1', which nothing before it computes.");
    }

    [Test]
    public void An_output_that_was_pruned_is_missed()
    {
        var gone = Op.Relu(_x);
        _graph.Prune();
        _graph.Output("y", gone);
        Expect("Graph 'g' is broken: nothing computes the output 'y'.");
    }

    [Test]
    public void A_name_is_bound_once()
    {
        _graph.Input("Split_1.1", DType.Float, []);
        _graph.Output("y", Op.Split(_x, 1, 1, 3)[0]);
        Expect("Graph 'g' is broken: the name 'Split_1.1' is bound twice.");
    }

    [Test]
    public void A_node_has_the_shape_that_its_operator_gives()
    {
        _graph.Append("Relu", [_x], Attributes.None, [(DType.Float, [4, 2])]);
        Expect("Graph 'g' is broken: 'Relu_1' gives float32[2,4], but 'Relu_1: float32[4,2]' is declared.");
    }

    [Test]
    public void A_node_has_the_type_that_its_operator_gives()
    {
        _graph.Append("Relu", [_x], Attributes.None, [(DType.Double, [2, 4])]);
        Expect("Graph 'g' is broken: 'Relu_1' gives float32[2,4], but 'Relu_1: float64[2,4]' is declared.");
    }

    [Test]
    public void The_body_of_a_function_is_checked()
    {
        var body = new Graph("body");
        var y = body.Append("Exp", [body.Input("in0", DType.Float, [2, 4])], Attributes.None, [(DType.Float, [8])]).Output();
        body.Output("out0", y);
        var function = _graph.Function("Wrong", "key", () => body);
        _graph.Append("Wrong", [_x], Attributes.None, [(DType.Float, [8])], function);
        Expect("Graph 'body' is broken: 'Exp_1' gives float32[2,4], but 'out0: float32[8]' is declared.");
    }

    private void Expect(string problem)
    {
        Assert.That(() => GraphChecker.Check(_graph), Throws.TypeOf<GraphException>().With.Message.EqualTo(problem));
        Assert.That(() => OnnxWriter.Model(_graph), Throws.TypeOf<GraphException>(), "a broken graph is not written");
    }
}
