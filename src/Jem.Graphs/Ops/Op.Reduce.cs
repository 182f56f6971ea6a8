using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Reductions. Without axes they go over all of them.</content>
public static partial class Op
{
    internal static readonly OpRow[] ReduceRows =
    [
        new("ReduceSum", InferReduce, (n, δy) => [Stretch(n, δy), null]),
        new("ReduceMean", InferReduce, (n, δy) =>
            [Stretch(n, Mul(δy, ScalarLike(δy, (double)n.Output().Shape.Size / n.Input(0).Shape.Size)))]),

        // Equal extremes share the gradient evenly, as in PyTorch's amax and amin.
        new("ReduceMax", InferReduce, ShareExtremes),
        new("ReduceMin", InferReduce, ShareExtremes),
    ];

    /// <summary>The sum over the axes, which go away; over all without axes.</summary>
    public static Value Sum(Value x, params ReadOnlySpan<long> axes) => ReduceSum(x, axes, keep: false);

    /// <summary>The sum with the reduced axes kept as 1.</summary>
    public static Value SumKeep(Value x, params ReadOnlySpan<long> axes) => ReduceSum(x, axes, keep: true);

    /// <summary>The mean over the axes, which go away; over all without axes.</summary>
    public static Value Mean(Value x, params ReadOnlySpan<long> axes) => Reduce("ReduceMean", x, axes, keep: false);

    /// <summary>The mean with the reduced axes kept as 1.</summary>
    public static Value MeanKeep(Value x, params ReadOnlySpan<long> axes) => Reduce("ReduceMean", x, axes, keep: true);

    /// <summary>The largest element over the axes, which go away. Equal ones share the gradient.</summary>
    public static Value ReduceMax(Value x, params ReadOnlySpan<long> axes) => Reduce("ReduceMax", x, axes, keep: false);

    /// <summary>The smallest element over the axes, which go away. Equal ones share the gradient.</summary>
    public static Value ReduceMin(Value x, params ReadOnlySpan<long> axes) => Reduce("ReduceMin", x, axes, keep: false);

    /// <summary>ln Σ exp x over the axes, the largest element taken out first so that nothing overflows.</summary>
    public static Value LogSumExp(Value x, params ReadOnlySpan<long> axes)
    {
        var largest = StopGradient(Reduce("ReduceMax", x, axes, keep: true));
        var sum = ReduceSum(Exp(Sub(x, largest)), axes, keep: false);
        return Add(Log(sum), Reshape(largest, sum.Shape));
    }

    private static Value ReduceSum(Value x, ReadOnlySpan<long> axes, bool keep) =>
        Node("ReduceSum", new Attributes(("keepdims", keep ? 1L : 0L)), x, Ints(x.Graph, AllAxes(x, axes)));

    private static Value Reduce(string op, Value x, ReadOnlySpan<long> axes, bool keep) =>
        Node(op, new Attributes(("axes", AllAxes(x, axes)), ("keepdims", keep ? 1L : 0L)), x);

    private static long[] AllAxes(Value x, ReadOnlySpan<long> axes) =>
        axes.Length == 0 ? [.. Enumerable.Range(0, x.Shape.Rank).Select(axis => (long)axis)] : axes.ToArray();

    private static long[] ReducedAxes(IReadOnlyList<Value> inputs, Attributes attributes) =>
        inputs.Count > 1 ? inputs[1].ConstantInts : attributes.Ints("axes");

    private static Shape Kept(IReadOnlyList<Value> inputs, Attributes attributes) =>
        ReducedAxes(inputs, attributes).Aggregate(inputs[0].Shape, (shape, axis) => shape.With(Shapes.Axis(axis, shape.Rank), 1));

    private static IReadOnlyList<(DType, Shape)> InferReduce(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var shape = inputs[0].Shape;
        var axes = ReducedAxes(inputs, attributes).Select(axis => Shapes.Axis(axis, shape.Rank)).ToHashSet();
        return attributes.Int("keepdims", 1) == 1
            ? [(inputs[0].Type, Kept(inputs, attributes))]
            : [(inputs[0].Type, [.. shape.Where((_, axis) => !axes.Contains(axis))])];
    }

    /// <summary>A reduced value at the shape it was reduced from.</summary>
    private static Value Stretch(Node n, Value reduced) =>
        Expand(Reshape(reduced, Kept(n.Inputs, n.Attributes)), n.Input(0).Shape);

    private static IReadOnlyList<Value?> ShareExtremes(Node n, Value δy)
    {
        var kept = Kept(n.Inputs, n.Attributes);
        var extremes = Cast(Equal(n.Input(0), Reshape(n.Output(), kept)), δy.Type);
        var count = SumKeep(extremes, n.Attributes.Ints("axes"));
        return [Mul(extremes, Div(Reshape(δy, kept), count))];
    }
}
