using Jem.Graphs.Backbones;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Tests.Programs;

public class GraphCostTests
{
    // torchvision's documentation counts a multiplication and an addition as one: 1.81 and 4.09 "GFLOPS" at 224 pixels.
    [TestCase("resnet18", 1.81e9)]
    [TestCase("resnet50", 4.09e9)]
    public void The_operations_of_a_backbone_are_those_that_torchvision_states(string name, double published)
    {
        var net = new Net(new Graph("encoder"), training: false);
        var images = net.Graph.Input("image", DType.Float, [1, 3, 224, 224]);
        BackboneCatalog.BuiltIn.Build(net, images, new BackboneOptions { Name = name });
        Assert.That(GraphCost.Of(net.Graph).Operations / 2, Is.EqualTo(published).Within(1).Percent);
    }

    [Test]
    public void Each_gradient_of_a_convolution_costs_what_the_convolution_costs()
    {
        var graph = new Graph("step");
        var images = graph.Input("image", DType.Float, [2, 3, 8, 8]);
        var filter = graph.Input("filter", DType.Float, [4, 3, 3, 3]);
        var result = Conv(images, filter, padding: 1);
        var forward = GraphCost.Of(graph).Operations;
        Assert.That(forward, Is.EqualTo(2.0 * (2 * 4 * 8 * 8) * (3 * 3 * 3)));
        Gradient.Of(Sum(result * result), [images, filter]);
        Assert.That(GraphCost.Of(graph).Operations, Is.EqualTo(3 * forward));
    }

    [Test]
    public void A_value_counts_from_the_node_that_computes_it_to_the_last_that_reads_it()
    {
        var graph = new Graph("step");
        var x = graph.Input("x", DType.Float, [1000]);
        var y = Relu(Relu(Relu(x)));
        graph.Output("y", y);
        var cost = GraphCost.Of(graph);
        Assert.That((cost.PeakBytes, cost.TrafficBytes), Is.EqualTo((3 * 4000L, 3 * 8000.0)), "the input, and two of three results at a time");
    }
}
