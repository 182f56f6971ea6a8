using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Pooling over two spatial axes of images [N,C,H,W].</content>
public static partial class Op
{
    internal static readonly OpRow[] PoolRows =
    [
        new("MaxPool", InferMaxPool, (GradientRule)((n, δy) => [MaxPoolGrad(n.Input(0), δy[0]!, n.Attributes)]))
        { OptionalOutputs = 1 },
        new("AveragePool", InferAveragePool, (n, δy) => [AveragePoolGrad(n.Input(0).Shape, δy, n.Attributes)]),
        new("GlobalAveragePool", InferGlobalAveragePool, (n, δy) =>
            [Expand(Mul(δy, ScalarLike(δy, 1.0 / (n.Input(0).Shape[2] * n.Input(0).Shape[3]))), n.Input(0).Shape)]),
        new("MaxPoolGrad", FromBody, NoGradient.Unwritten),
        new("AveragePoolGrad", FromBody, NoGradient.Unwritten),
    ];

    /// <summary>The largest element of each window; padding never wins.</summary>
    public static Value MaxPool(Value x, int kernel, int stride, int padding = 0) => Nodes("MaxPool", PoolAttributes(kernel, stride, padding), x).Output();

    /// <summary>The mean of each window; padding counts as zeros, as in PyTorch, unless told otherwise.</summary>
    public static Value AveragePool(Value x, int kernel, int stride, int padding = 0, bool countPadding = true)
    {
        var attributes = PoolAttributes(kernel, stride, padding);
        return Node("AveragePool", attributes.With(("count_include_pad", countPadding ? 1L : 0L)), x);
    }

    /// <summary>The mean over height and width: [N,C,1,1].</summary>
    public static Value GlobalAveragePool(Value x) => Node("GlobalAveragePool", x);

    // Among equal elements the first in the window takes the gradient, as in PyTorch: it is the one whose index MaxPool reports.
    private static Value MaxPoolGrad(Value x, Value δy, Attributes pool) =>
        Call("MaxPoolGrad", pool, body =>
        {
            var (planes, inputs, outputs) = (x.Shape[0] * x.Shape[1], x.Shape[2] * x.Shape[3], δy.Shape[2] * δy.Shape[3]);
            var indices = Reshape(Nodes("MaxPool", pool, body[0]).Output(1), [planes, outputs]);

            // The indices count through the whole tensor; each plane is scattered by itself.
            var first = Enumerable.Range(0, (int)planes).Select(plane => plane * inputs).ToArray();
            var within = Sub(indices, Reshape(Ints(body[0].Graph, first), [planes, 1]));
            var zeros = FillLike(body[1], [planes, inputs], 0);
            return [Reshape(ScatterElements(zeros, within, Reshape(body[1], [planes, outputs]), axis: 1, add: true), x.Shape)];
        }, x, δy).Output();

    // Each element of a window receives its share: a transposed convolution with ones, channel by channel.
    private static Value AveragePoolGrad(Shape input, Value δy, Attributes pool)
    {
        return Call("AveragePoolGrad", pool.With(("input_shape", new[] { input[2], input[3] })), body =>
        {
            var (kernel, strides, pads) = (pool.Ints("kernel_shape"), pool.Ints("strides"), pool.Ints("pads"));
            var shares = ConstantLike(body[0], [1, 1, δy.Shape[2], δy.Shape[3]], WindowShares(input, δy.Shape, pool));
            var conv = new Attributes(
                ("kernel_shape", kernel),
                ("strides", strides),
                ("pads", pads),
                ("dilations", new long[] { 1, 1 }),
                ("group", input[1]),
                ("output_padding", new[] { 0, 1 }
                    .Select(i => input[2 + i] - (((δy.Shape[2 + i] - 1) * strides[i]) - pads[i] - pads[i + 2] + kernel[i])).ToArray()));
            return [Node("ConvTranspose", conv, Mul(body[0], shares), FillLike(body[0], [input[1], 1, kernel[0], kernel[1]], 1))];
        }, δy).Output();
    }

    /// <summary>One over the number of elements that each window averages.</summary>
    private static double[] WindowShares(Shape input, Shape output, Attributes pool)
    {
        var (kernel, strides, pads) = (pool.Ints("kernel_shape"), pool.Ints("strides"), pool.Ints("pads"));
        var countPadding = pool.Int("count_include_pad", 0) == 1;
        long Covered(int i, long position)
        {
            var start = (position * strides[i]) - pads[i];
            return countPadding ? kernel[i] : Math.Min(start + kernel[i], input[2 + i]) - Math.Max(start, 0);
        }

        return [.. from row in Enumerable.Range(0, (int)output[2])
                   from column in Enumerable.Range(0, (int)output[3])
                   select 1.0 / (Covered(0, row) * Covered(1, column))];
    }

    private static Attributes PoolAttributes(long kernel, long stride, long padding) => new(
        ("kernel_shape", new[] { kernel, kernel }),
        ("strides", new[] { stride, stride }),
        ("pads", new[] { padding, padding, padding, padding }));

    private static IReadOnlyList<(DType, Shape)> InferAveragePool(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var x = ImageShape(inputs[0]);
        return [(inputs[0].Type, [x[0], x[1], .. WindowOutput(x, attributes)])];
    }

    private static IReadOnlyList<(DType, Shape)> InferMaxPool(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (type, shape) = InferAveragePool(inputs, attributes)[0];
        return [(type, shape), (DType.Int64, shape)];
    }

    private static IReadOnlyList<(DType, Shape)> InferGlobalAveragePool(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var x = ImageShape(inputs[0]);
        return [(inputs[0].Type, [x[0], x[1], 1, 1])];
    }
}
