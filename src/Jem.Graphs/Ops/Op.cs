using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>
/// The operators: each call appends a node to the graph of its inputs and returns a value whose shape is known.
/// A wrong shape fails at the call. Families lie in files of their own, the rows beside the builders.
/// </summary>
public static partial class Op
{
    /// <summary>Appends an operator with one output.</summary>
    internal static Value Node(string op, Attributes attributes, params ReadOnlySpan<Value> inputs) => Nodes(op, attributes, inputs).Output();

    internal static Value Node(string op, params ReadOnlySpan<Value> inputs) => Node(op, Attributes.None, inputs);

    /// <summary>Appends an operator with any number of outputs.</summary>
    internal static Node Nodes(string op, Attributes attributes, params ReadOnlySpan<Value> inputs)
    {
        var graph = inputs[0].Graph;
        var list = inputs.ToArray();
        return graph.Append(op, list, attributes, Guarded(graph, op, list, () => OpTable.Row(op).Infer(list, attributes)));
    }

    /// <summary>
    /// Calls a <c>jem</c> function: its body is built by <paramref name="body"/> in a graph of its own, with inputs like the given ones.
    /// Calls with equal shapes and attributes share a body.
    /// </summary>
    internal static Node Call(string op, Attributes attributes, Func<Value[], Value[]> body, params ReadOnlySpan<Value> inputs)
    {
        var graph = inputs[0].Graph;
        var list = inputs.ToArray();
        var key = $"{op} {attributes} {string.Join(' ', list.Select(input => $"{input.Type}{input.Shape}"))}";
        var function = graph.Function(op, key, () => Guarded(graph, op, list, () =>
        {
            var inner = new Graph(op);
            var outputs = body([.. list.Select((input, i) => inner.Input($"in{i}", input.Type, input.Shape))]);
            for (var i = 0; i < outputs.Length; i++)
            {
                inner.Output($"out{i}", outputs[i]);
            }

            inner.Prune();
            return inner;
        }));
        return graph.Append(op, list, attributes, [.. function.Body.Outputs.Select(output => (output.Value.Type, output.Value.Shape))], function);
    }

    /// <summary>A constant of integers: shapes, axes, indices. One element without a shape is a vector of one.</summary>
    internal static Value Ints(Graph graph, params ReadOnlySpan<long> elements) =>
        graph.Constant(DType.Int64, [elements.Length], elements.ToArray());

    /// <summary>A real constant scalar of the same type as a value.</summary>
    public static Value ScalarLike(Value like, double element) => FillLike(like, Shape.Scalar, element);

    /// <summary>A real constant of the same type as a value, from its elements in row-major order.</summary>
    public static Value ConstantLike(Value like, Shape shape, params ReadOnlySpan<double> elements) =>
        like.Graph.Constant(like.Type, shape, elements.ToArray());

    /// <summary>One element everywhere: a scalar expanded to the shape.</summary>
    public static Value FillLike(Value like, Shape shape, double element)
    {
        var scalar = like.Graph.Constant(like.Type, Shape.Scalar, new[] { element });
        return shape.Rank == 0 ? scalar : Expand(scalar, shape);
    }

    /// <summary>The attribute <c>axis</c>, counted from the front.</summary>
    private static Attributes AxisOf(string op, Value x, long axis) =>
        new(("axis", Guarded(x.Graph, op, [x], () => (long)Shapes.Axis(axis, x.Shape.Rank))));

    private static T Guarded<T>(Graph graph, string op, IReadOnlyList<Value> inputs, Func<T> infer)
    {
        try
        {
            return infer();
        }
        catch (GraphException error)
        {
            throw Failure(graph, op, inputs, error.Message);
        }
    }

    private static GraphException Failure(Graph graph, string op, IReadOnlyList<Value> inputs, string problem) =>
        new($"{op} at '{graph.Scope}' of '{graph.Name}' ({string.Join(", ", inputs)}): {problem}");
}
