using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ops;

public class ArgMaxTests
{
    [Test]
    public void The_first_of_the_largest_elements_is_taken()
    {
        var graph = new Graph("g");
        var x = graph.Input("x", DType.Float, [2, 3]);
        graph.Output("rows", Op.Cast(Op.ArgMax(x, -1), DType.Float));
        graph.Output("columns", Op.Cast(Op.ArgMax(x, 0), DType.Float));
        using var runner = new GraphRunner(graph);
        var results = runner.Run([1, 5, 5, 7, 2, 5]);
        Assert.That(results[0], Is.EqualTo(new double[] { 1, 0 }));
        Assert.That(results[1], Is.EqualTo(new double[] { 1, 0, 0 }));
    }

    [Test]
    public void No_gradient_flows_through_a_place()
    {
        var graph = new Graph("g");
        var (x, table) = (graph.Input("x", DType.Float, [2, 3]), graph.Input("table", DType.Float, [3]));
        var loss = Op.Sum(Op.Gather(table, Op.ArgMax(x, 1)));
        Assert.That(() => Gradient.Of(loss, [x]), Throws.TypeOf<GraphException>().With.Message.Contains("does not depend on 'x'"));
        Assert.That(Gradient.Of(loss, [table])[0].Shape, Is.EqualTo(table.Shape));
    }
}
