using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Grad;

/// <summary>Reverse-mode differentiation: appends to the graph the gradients of a scalar.</summary>
public static class Gradient
{
    /// <summary>The gradients of a scalar loss by each of the values, in their order and of their shapes.</summary>
    /// <exception cref="GraphException">The loss is no scalar, does not depend on a value, or an operator on the way has no gradient rule.</exception>
    public static IReadOnlyList<Value> Of(Value loss, IReadOnlyList<Value> by)
    {
        if (loss.Shape.Rank != 0)
        {
            throw new GraphException($"The gradient of '{loss}' was asked for; expected a scalar. Take its Mean or Sum.");
        }

        var graph = loss.Graph;
        var reached = Reached(graph, by);
        var gradients = new Dictionary<Value, Value> { [loss] = Op.ScalarLike(loss, 1) };
        foreach (var node in graph.Nodes.Reverse().ToList())
        {
            if (!node.Outputs.Any(gradients.ContainsKey) || !node.Inputs.Any(reached.Contains))
            {
                continue;
            }

            using var scope = graph.Enter($"grad.{node.Name}");
            var δx = Rule(node)(node, [.. node.Outputs.Select(gradients.GetValueOrDefault)]);
            if (δx.Count != node.Inputs.Count)
            {
                throw new GraphException($"The gradient rule of '{node.Op}' gave {δx.Count} gradients at '{node.Name}' for {node.Inputs.Count} inputs.");
            }

            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (δx[i] is { } δ && reached.Contains(node.Inputs[i]))
                {
                    var whole = SumTo(δ, node.Inputs[i]);
                    gradients[node.Inputs[i]] = gradients.TryGetValue(node.Inputs[i], out var other) ? Op.Add(other, whole) : whole;
                }
            }
        }

        return [.. by.Select(value => gradients.TryGetValue(value, out var gradient)
            ? gradient
            : throw new GraphException(
                $"'{loss.Name}' does not depend on '{value.Name}' by any way that a gradient takes. Leave it out, or look for a StopGradient between them."))];
    }

    /// <summary>The values that depend on one of the given ones by way of operators that let a gradient through.</summary>
    private static HashSet<Value> Reached(Graph graph, IReadOnlyList<Value> by)
    {
        var reached = new HashSet<Value>(by);
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.Any(reached.Contains) && OpTable.Row(node.Op).Without != NoGradient.Zero)
            {
                reached.UnionWith(node.Outputs.Where(output => output.IsReal));
            }
        }

        return reached;
    }

    private static GradientRule Rule(Node node) => OpTable.Row(node.Op).Gradient ?? throw new GraphException(
        $"No gradient rule for '{node.Op}' at '{node.Name}' (input {node.Inputs[0].Type.Name()}{node.Inputs[0].Shape}). "
        + "Add a row in Ops/ or wrap the input in StopGradient.");

    /// <summary>Undoes broadcasting: sums a gradient over the dimensions along which its input was stretched.</summary>
    private static Value SumTo(Value gradient, Value input)
    {
        var (from, to) = (gradient.Shape, input.Shape);
        var lead = from.Rank - to.Rank;
        long[] axes = [.. Enumerable.Range(0, from.Rank).Where(axis => axis < lead || (to[axis - lead] == 1 && from[axis] != 1)).Select(axis => (long)axis)];
        var summed = axes.Length == 0 ? gradient : Op.Sum(gradient, axes);
        return summed.Shape.Size == to.Size
            ? Op.Reshape(summed, to)
            : throw new GraphException($"A gradient of shape {from} does not fit '{input}' in '{input.Graph.Name}'.");
    }
}
