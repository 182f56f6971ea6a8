using Jem.Graphs.Ir;

namespace Jem.Graphs.Programs;

/// <summary>What a graph costs to run, by its shapes alone.</summary>
/// <param name="Operations">Multiplications and additions of convolutions, their gradients and matrix products.</param>
/// <param name="TrafficBytes">What all nodes read and write.</param>
/// <param name="PeakBytes">The most that values take at one time when the nodes run in their order, inputs that are carried included.</param>
public sealed record GraphCost(double Operations, double TrafficBytes, long PeakBytes)
{
    /// <summary>The cost of a graph whose shapes are all known.</summary>
    /// <exception cref="GraphException">The batch is of any size.</exception>
    public static GraphCost Of(Graph graph) =>
        new(graph.Nodes.Sum(Count), graph.Nodes.Sum(node => node.Inputs.Concat(node.Outputs).Sum(value => (double)Bytes(value))), Peak(graph));

    /// <summary>The bytes of the inputs of a role.</summary>
    public static long InputBytes(Graph graph, Role role) => graph.Inputs.Where(input => input.Role == role).Sum(input => Bytes(input.Value));

    private static double Count(Node node) => node.Op switch
    {
        // Each number of the result is a sum over the filter's other dimensions; the gradients take the same products in another order.
        "Conv" => 2.0 * node.Output().Shape.Size * PerOutput(node.Input(1)),
        "ConvGradInput" => 2.0 * node.Input(0).Shape.Size * PerOutput(node.Input(1)),
        "ConvGradWeight" => 2.0 * node.Input(1).Shape.Size * PerOutput(node.Output()),
        "MatMul" => 2.0 * node.Output().Shape.Size * node.Input(0).Shape[-1],
        "Gemm" => 2.0 * node.Input(0).Shape.Size * node.Output().Shape[-1],
        _ when node.Function is { } function => function.Body.Nodes.Sum(Count),
        _ => 0,
    };

    private static long PerOutput(Value filter) => filter.Shape.Size / filter.Shape[0];

    private static long Peak(Graph graph)
    {
        var lastUse = new Dictionary<Value, int>();
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            foreach (var value in graph.Nodes[i].Inputs)
            {
                lastUse[value] = i;
            }
        }

        foreach (var output in graph.Outputs)
        {
            lastUse[output.Value] = graph.Nodes.Count;
        }

        long live = graph.Inputs.Sum(input => Bytes(input.Value)), peak = live;
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            live += node.Outputs.Sum(Bytes);
            peak = Math.Max(peak, live);
            live -= node.Outputs.Where(value => !lastUse.ContainsKey(value)).Sum(Bytes);
            live -= node.Inputs.Distinct().Where(value => value.Producer is not null && lastUse[value] == i).Sum(Bytes);
        }

        return peak;
    }

    private static long Bytes(Value value) => value.Shape.Size * value.Type.Size();
}
