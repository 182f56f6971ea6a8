using Jem.Graphs.Backbones;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Backbones;

/// <summary>Graphs of backbones against what an oracle recorded of the same drawn weights.</summary>
internal static class Recorded
{
    /// <summary>Two images' representation <c>y</c>, and the gradients of Σ y·δ by all parameters.</summary>
    public static Graph Gradients(BackboneOptions options, int side, int given)
    {
        var net = new Net(new Graph("backbone"), training: true);
        var y = BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [2, 3, given, given]), options, side);
        var δ = net.Graph.Input("delta", DType.Float, y.Shape);
        var parameters = net.Parameters.ToList();
        foreach (var (parameter, gradient) in parameters.Zip(Gradient.Of(Op.Sum(y * δ), parameters)))
        {
            net.Graph.Output($"gradient.{parameter.Name}", Op.Identity(gradient));
        }

        net.Graph.Output("y", Op.Identity(y));
        net.Graph.Prune();
        return net.Graph;
    }

    /// <summary>Runs a graph whose other inputs are drawn and compares all outputs that were recorded.</summary>
    public static void Compare(Graph graph, Oracle oracle, string recorded, params IEnumerable<(string Name, double[] Elements)> given)
    {
        var inputs = given.ToDictionary(input => input.Name, input => input.Elements);
        foreach (var input in graph.Inputs.Where(input => !inputs.ContainsKey(input.Value.Name)))
        {
            inputs.Add(input.Value.Name, Drawn.Of(input.Value));
        }

        using var runner = new GraphRunner(graph);
        var outputs = runner.Run(inputs);
        Assert.Multiple(() =>
        {
            foreach (var name in oracle.Under(recorded).Where(name => !inputs.ContainsKey(name)))
            {
                Relative.Agree(name, outputs[name], oracle[$"{recorded}{name}"], 1e-5);
            }
        });
    }
}
