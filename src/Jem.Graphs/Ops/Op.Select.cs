using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Selection by indices. Indices are counted from 0; those of one gather may repeat, and gradients then add up.</content>
public static partial class Op
{
    internal static readonly OpRow[] SelectRows =
    [
        new("Gather", InferGather, (n, δy) => [GatherGradient(n, δy), null]),
        new("GatherElements", InferGatherElements, (n, δy) =>
            [ScatterElements(FillLike(δy, n.Input(0).Shape, 0), n.Input(1), δy, n.Attributes.Int("axis", 0), add: true), null]),
        new("ScatterElements", InferScatterElements, ScatterGradient),

        // Of equal elements the first, as ONNX says.
        new("ArgMax", InferArgMax, NoGradient.Zero),
    ];

    /// <summary>
    /// The place of the largest element along an axis, counted from 0, without that axis; of equal ones the first. Integers without a
    /// gradient.
    /// </summary>
    public static Value ArgMax(Value x, long axis) => Node("ArgMax", AxisOf("ArgMax", x, axis).With(("keepdims", 0L)), x);

    /// <summary>Takes slices along an axis. Indices of shape I replace that axis by I.</summary>
    public static Value Gather(Value x, Value indices, long axis = 0) =>
        Node("Gather", AxisOf("Gather", x, axis), x, indices);

    /// <summary>Takes one element per index along an axis: <c>y[i][j] = x[i][index[i][j]]</c> for axis 1.</summary>
    public static Value GatherElements(Value x, Value indices, long axis) =>
        Node("GatherElements", AxisOf("GatherElements", x, axis), x, indices);

    /// <summary>Writes (or adds) one element per index along an axis. Without add, indices must not repeat.</summary>
    public static Value ScatterElements(Value x, Value indices, Value updates, long axis, bool add = false)
    {
        var attributes = AxisOf("ScatterElements", x, axis);
        return Node("ScatterElements", add ? attributes.With(("reduction", "add")) : attributes, x, indices, updates);
    }

    private static IReadOnlyList<(DType, Shape)> InferGather(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (shape, axis) = (inputs[0].Shape, (int)attributes.Int("axis", 0));
        return [(inputs[0].Type, [.. shape.Take(axis), .. inputs[1].Shape, .. shape.Skip(axis + 1)])];
    }

    // The gathered slices are added back along the axis, each element under the index of its slice.
    private static Value GatherGradient(Node n, Value δy)
    {
        var (shape, axis) = (n.Input(0).Shape, (int)n.Attributes.Int("axis", 0));
        var count = n.Input(1).Shape.Size;
        var flat = shape.With(axis, count);
        Shape column = [.. shape.Select((_, i) => i == axis ? count : 1)];
        var indices = Expand(Reshape(n.Input(1), column), flat);
        return ScatterElements(FillLike(δy, shape, 0), indices, Reshape(δy, flat), axis, add: true);
    }

    private static IReadOnlyList<(DType, Shape)> InferArgMax(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var reduced = (int)attributes.Int("axis", 0);
        return [(DType.Int64, [.. inputs[0].Shape.Where((_, axis) => axis != reduced)])];
    }

    private static IReadOnlyList<(DType, Shape)> InferGatherElements(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shapes.Expect(inputs[0].Shape.Rank == inputs[1].Shape.Rank, $"indices of rank {inputs[0].Shape.Rank}, got {inputs[1].Shape}.");
        return [(inputs[0].Type, inputs[1].Shape)];
    }

    private static IReadOnlyList<(DType, Shape)> InferScatterElements(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shapes.Expect(inputs[1].Shape.Equals(inputs[2].Shape), $"updates of the indices' shape {inputs[1].Shape}, got {inputs[2].Shape}.");
        return [(Shapes.SameType([inputs[0], inputs[2]]), inputs[0].Shape)];
    }

    private static IReadOnlyList<Value?> ScatterGradient(Node n, Value δy)
    {
        var (indices, axis) = (n.Input(1), n.Attributes.Int("axis", 0));
        var δx = n.Attributes.Text("reduction", "none") == "add"
            ? δy
            : ScatterElements(δy, indices, FillLike(δy, indices.Shape, 0), axis);
        return [δx, null, GatherElements(δy, indices, axis)];
    }
}
