using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Movement: the same elements in another arrangement.</content>
public static partial class Op
{
    internal static readonly OpRow[] MovementRows =
    [
        new("Reshape", InferReshape, (n, δy) => [Reshape(δy, n.Input(0).Shape), null]),
        new("Flatten", InferFlatten, (n, δy) => [Reshape(δy, n.Input(0).Shape)]),
        new("Squeeze", InferSqueeze, (n, δy) => [Reshape(δy, n.Input(0).Shape), null]),
        new("Unsqueeze", InferUnsqueeze, (n, δy) => [Reshape(δy, n.Input(0).Shape), null]),
        new("Transpose", InferTranspose, (n, δy) => [Transpose(δy, Inverse(n.Attributes.Ints("perm")))]),
        new("Expand", InferExpand, (n, δy) => [δy, null]),
        new("Tile", InferTile, (n, δy) => [TileGradient(n, δy), null]),
        new("Pad", InferPad, (n, δy) => [PadGradient(n, δy), null, null]),
        new("Slice", InferSlice, (n, δy) => [SliceGradient(n, δy), null, null, null, null]),
        new("Concat", InferConcat, (n, δy) => Split(δy, n.Attributes.Int("axis", 0),
            [.. n.Inputs.Select(input => input.Shape[(int)n.Attributes.Int("axis", 0)])])),
        new("Split", InferSplit, (GradientRule)((n, δy) =>
            [Concat(n.Attributes.Int("axis", 0), [.. n.Outputs.Select((part, i) => δy[i] ?? FillLike(part, part.Shape, 0))]), null])),
    ];

    /// <summary>The elements in row-major order at another shape of the same size.</summary>
    public static Value Reshape(Value x, Shape shape) => x.Shape.Equals(shape) ? x : Node("Reshape", x, Ints(x.Graph, shape.ToArray()));

    /// <summary>Two dimensions: those before the axis, and the rest.</summary>
    public static Value Flatten(Value x, long axis = 1) => Node("Flatten", new Attributes(("axis", axis)), x);

    /// <summary>Without the given axes, which have one element.</summary>
    public static Value Squeeze(Value x, params ReadOnlySpan<long> axes) => Node("Squeeze", x, Ints(x.Graph, axes));

    /// <summary>With new axes of one element at the given places of the result.</summary>
    public static Value Unsqueeze(Value x, params ReadOnlySpan<long> axes) => Node("Unsqueeze", x, Ints(x.Graph, axes));

    /// <summary>The axes in another order: axis i of the result is axis <c>order[i]</c> of x.</summary>
    public static Value Transpose(Value x, params ReadOnlySpan<long> order) => Node("Transpose", new Attributes(("perm", order.ToArray())), x);

    /// <summary>Broadcasts to a shape.</summary>
    public static Value Expand(Value x, Shape shape) => x.Shape.Equals(shape) ? x : Node("Expand", x, Ints(x.Graph, shape.ToArray()));

    /// <summary>Repeated along each axis so many times.</summary>
    public static Value Tile(Value x, params ReadOnlySpan<long> repeats) => Node("Tile", x, Ints(x.Graph, repeats));

    /// <summary>Pads with a constant: the counts before each axis, then those after each.</summary>
    public static Value Pad(Value x, ReadOnlySpan<long> counts, double element = 0) =>
        counts.ContainsAnyExcept(0) ? Node("Pad", x, Ints(x.Graph, counts), ScalarLike(x, element)) : x;

    /// <summary>From start up to but not including end, by step ≥ 1, along one axis.</summary>
    public static Value Slice(Value x, long axis, long start, long end, long step = 1) => Slice(x, [axis], [start], [end], [step]);

    /// <summary>Along each of the axes the elements from a start to before an end, by steps. Negative places count from the end.</summary>
    public static Value Slice(Value x, ReadOnlySpan<long> axes, ReadOnlySpan<long> starts, ReadOnlySpan<long> ends, ReadOnlySpan<long> steps) =>
        Node("Slice", x, Ints(x.Graph, starts), Ints(x.Graph, ends), Ints(x.Graph, axes), Ints(x.Graph, steps));

    /// <summary>Joined along an axis; other dimensions are equal.</summary>
    public static Value Concat(long axis, params ReadOnlySpan<Value> parts) =>
        Node("Concat", AxisOf("Concat", parts[0], axis), parts);

    /// <summary>Cut along an axis into parts of the given sizes, which sum to the dimension.</summary>
    public static IReadOnlyList<Value> Split(Value x, long axis, params ReadOnlySpan<long> sizes) =>
        Nodes("Split", AxisOf("Split", x, axis), x, Ints(x.Graph, sizes)).Outputs;

    private static IReadOnlyList<(DType, Shape)> InferReshape(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shape shape = [.. inputs[1].ConstantInts];
        Shapes.Expect(!shape.IsStatic || !inputs[0].Shape.IsStatic || shape.Size == inputs[0].Shape.Size, $"a shape of {Count(inputs[0].Shape)} elements, "
            + $"got {shape}.");
        return [(inputs[0].Type, shape)];
    }

    private static string Count(Shape shape) => shape.IsStatic ? shape.Size.ToString() : "as many";

    private static IReadOnlyList<(DType, Shape)> InferFlatten(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (shape, axis) = (inputs[0].Shape, (int)attributes.Int("axis", 1));
        Shapes.Expect(axis >= 0 && axis <= shape.Rank, $"an axis in [0, {shape.Rank}], got {axis}.");
        return [(inputs[0].Type, [Product(shape.Take(axis)), Product(shape.Skip(axis))])];
    }

    private static long Product(IEnumerable<long> dimensions) =>
        dimensions.Aggregate(1L, (a, b) => a == Shape.AnyBatch || b == Shape.AnyBatch ? Shape.AnyBatch : a * b);

    private static IReadOnlyList<(DType, Shape)> InferSqueeze(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var shape = inputs[0].Shape;
        var axes = inputs[1].ConstantInts.Select(axis => Shapes.Axis(axis, shape.Rank)).ToHashSet();
        Shapes.Expect(axes.All(axis => shape[axis] == 1), $"dimensions of 1 at axes [{string.Join(',', axes)}], got {shape}.");
        return [(inputs[0].Type, [.. shape.Where((_, axis) => !axes.Contains(axis))])];
    }

    private static IReadOnlyList<(DType, Shape)> InferUnsqueeze(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var dimensions = inputs[0].Shape.ToList();
        foreach (var axis in inputs[1].ConstantInts.Select(axis => Shapes.Axis(axis, inputs[0].Shape.Rank + inputs[1].ConstantInts.Length)).Order())
        {
            dimensions.Insert(axis, 1);
        }

        return [(inputs[0].Type, [.. dimensions])];
    }

    private static IReadOnlyList<(DType, Shape)> InferTranspose(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (shape, order) = (inputs[0].Shape, attributes.Ints("perm"));
        Shapes.Expect(order.Order().SequenceEqual(Enumerable.Range(0, shape.Rank).Select(axis => (long)axis)), $"an order of {shape.Rank} axes, "
            + $"got [{string.Join(',', order)}].");
        return [(inputs[0].Type, [.. order.Select(axis => shape[(int)axis])])];
    }

    private static long[] Inverse(long[] order) => [.. order.Select((axis, i) => (axis, i)).OrderBy(pair => pair.axis).Select(pair => (long)pair.i)];

    private static IReadOnlyList<(DType, Shape)> InferExpand(IReadOnlyList<Value> inputs, Attributes attributes) =>
        [(inputs[0].Type, Shapes.Broadcast(inputs[0].Shape, [.. inputs[1].ConstantInts]))];

    private static IReadOnlyList<(DType, Shape)> InferTile(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var repeats = inputs[1].ConstantInts;
        Shapes.Expect(repeats.Length == inputs[0].Shape.Rank, $"a repeat for each axis of {inputs[0].Shape}, got {repeats.Length}.");
        return [(inputs[0].Type, [.. inputs[0].Shape.Select((dimension, axis) => dimension * repeats[axis])])];
    }

    // Each axis is split into repeat × dimension; the repeats are summed.
    private static Value TileGradient(Node n, Value δy)
    {
        var (shape, repeats) = (n.Input(0).Shape, n.Input(1).ConstantInts);
        Shape split = [.. shape.SelectMany((dimension, axis) => new[] { repeats[axis], dimension })];
        return Sum(Reshape(δy, split), [.. Enumerable.Range(0, shape.Rank).Select(axis => 2L * axis)]);
    }

    private static IReadOnlyList<(DType, Shape)> InferPad(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (shape, counts) = (inputs[0].Shape, inputs[1].ConstantInts);
        Shapes.Expect(counts.Length == 2 * shape.Rank, $"{2 * shape.Rank} counts for {shape}, got {counts.Length}.");
        return [(inputs[0].Type, [.. shape.Select((dimension, axis) =>
            counts[axis] == 0 && counts[axis + shape.Rank] == 0 ? dimension : dimension + counts[axis] + counts[axis + shape.Rank])])];
    }

    private static Value PadGradient(Node n, Value δy)
    {
        var (shape, counts) = (n.Input(0).Shape, n.Input(1).ConstantInts);
        var axes = Enumerable.Range(0, shape.Rank).ToArray();
        return Slice(δy, [.. axes.Select(axis => (long)axis)], counts.AsSpan(0, shape.Rank), [.. axes.Select(axis => counts[axis] + shape[axis])],
            [.. axes.Select(_ => 1L)]);
    }

    private static IEnumerable<(int Axis, long Start, long End, long Step)> Ranges(IReadOnlyList<Value> inputs)
    {
        var shape = inputs[0].Shape;
        var (starts, ends, axes, steps) = (inputs[1].ConstantInts, inputs[2].ConstantInts, inputs[3].ConstantInts, inputs[4].ConstantInts);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = Shapes.Axis(axes[i], shape.Rank);
            Shapes.Expect(steps[i] >= 1, $"a step ≥ 1 along axis {axis}, got {steps[i]}.");
            var dimension = shape[axis];
            var (start, end) = (FromEnd(starts[i], dimension), FromEnd(ends[i], dimension));
            Shapes.Expect(start < end, $"a start before the end along axis {axis} of {shape}, got {starts[i]} and {ends[i]}.");
            yield return (axis, start, end, steps[i]);
        }
    }

    private static long FromEnd(long position, long dimension) => Math.Clamp(position < 0 ? position + dimension : position, 0, dimension);

    private static IReadOnlyList<(DType, Shape)> InferSlice(IReadOnlyList<Value> inputs, Attributes attributes) =>
        [(inputs[0].Type, Ranges(inputs).Aggregate(inputs[0].Shape, (shape, range) =>
            shape.With(range.Axis, (range.End - range.Start + range.Step - 1) / range.Step)))];

    // A step spreads the gradient out: each element is followed by step − 1 zeros; then the rest of the axis is padded.
    private static Value SliceGradient(Node n, Value δy)
    {
        var shape = n.Input(0).Shape;
        var counts = new long[2 * shape.Rank];
        foreach (var (axis, start, _, step) in Ranges(n.Inputs))
        {
            if (step > 1)
            {
                var spread = δy.Shape[axis] * step;
                var pads = new long[2 * (shape.Rank + 1)];
                pads[^(shape.Rank - axis)] = step - 1;
                var padded = Pad(Unsqueeze(δy, axis + 1), pads);
                δy = Slice(Reshape(padded, δy.Shape.With(axis, spread)), axis, 0, spread - step + 1);
            }

            counts[axis] = start;
            counts[axis + shape.Rank] = shape[axis] - start - δy.Shape[axis];
        }

        return Pad(δy, counts);
    }

    private static IReadOnlyList<(DType, Shape)> InferConcat(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var axis = (int)attributes.Int("axis", 0);
        var type = Shapes.SameType(inputs);
        var first = inputs[0].Shape;
        Shapes.Expect(
            inputs.All(input => input.Shape.Rank == first.Rank && input.Shape.With(axis, 1).Equals(first.With(axis, 1))),
            $"shapes that differ only along axis {axis}, got {string.Join(", ", inputs.Select(input => input.Shape))}.");
        return [(type, first.With(axis, inputs.Sum(input => input.Shape[axis])))];
    }

    private static IReadOnlyList<(DType, Shape)> InferSplit(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (shape, axis, sizes) = (inputs[0].Shape, (int)attributes.Int("axis", 0), inputs[1].ConstantInts);
        Shapes.Expect(sizes.Sum() == shape[axis], $"sizes that sum to {shape[axis]} along axis {axis} of {shape}, got [{string.Join(',', sizes)}].");
        return [.. sizes.Select(size => (inputs[0].Type, shape.With(axis, size)))];
    }
}
