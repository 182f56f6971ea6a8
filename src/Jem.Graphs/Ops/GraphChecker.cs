using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>
/// Proves that a graph is whole. The writer of ONNX files asks it of every graph and so after every transformation: gradients, updates,
/// pruning.
/// </summary>
public static class GraphChecker
{
    /// <summary>Refuses a broken graph; the bodies of its functions are checked, too.</summary>
    /// <exception cref="GraphException">A value is used before it is bound, bound twice, or has another type than its operator gives it.</exception>
    public static void Check(Graph graph)
    {
        var bound = new HashSet<Value>(graph.Inputs.Select(input => input.Value).Concat(graph.Constants));
        var names = new HashSet<string>();
        foreach (var value in bound)
        {
            Expect(names.Add(value.Name), graph, $"the name '{value.Name}' is bound twice");
        }

        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
            {
                Expect(bound.Contains(input), graph, $"'{node.Name}' reads '{input.Name}', which nothing before it computes");
            }

            var inferred = Infer(node);
            for (var i = 0; i < node.Outputs.Count; i++)
            {
                var output = node.Outputs[i];
                Expect(bound.Add(output) && names.Add(output.Name), graph, $"the name '{output.Name}' is bound twice");
                Expect(inferred[i].Equals((output.Type, output.Shape)), graph, $"'{node.Name}' gives {inferred[i].Type.Name()}{inferred[i].Shape}, "
                    + $"but '{output}' is declared");
            }
        }

        foreach (var output in graph.Outputs)
        {
            Expect(bound.Contains(output.Value), graph, $"nothing computes the output '{output.Value.Name}'");
        }

        foreach (var function in graph.Functions)
        {
            Check(function.Body);
        }
    }

    private static IReadOnlyList<(DType Type, Shape Shape)> Infer(Node node) => node.Function is { } function
        ? [.. function.Body.Outputs.Select(output => (output.Value.Type, output.Value.Shape))]
        : OpTable.Row(node.Op).Infer(node.Inputs, node.Attributes);

    private static void Expect(bool condition, Graph graph, string problem)
    {
        if (!condition)
        {
            throw new GraphException($"Graph '{graph.Name}' is broken: {problem}.");
        }
    }
}
