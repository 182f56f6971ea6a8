using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Convolutions over two spatial axes. Images are [N,C,H,W]; filters [O,C/groups,kh,kw].</content>
public static partial class Op
{
    internal static readonly OpRow[] ConvRows =
    [
        new("Conv", InferConv, (n, δy) =>
        [
            ConvGradInput(δy, n.Input(1), n.Input(0).Shape, n.Attributes),
            ConvGradWeight(n.Input(0), δy, n.Input(1).Shape, n.Attributes),
            .. n.Inputs.Count < 3 ? Array.Empty<Value>() : [SumOverBatch(δy)],
        ]),

        // A transposed convolution is the input gradient of a convolution: its own gradients are that convolution's.
        new("ConvTranspose", InferConvTranspose, (n, δy) =>
        [
            Node("Conv", n.Attributes.Without("output_padding"), δy, n.Input(1)),
            ConvGradWeight(δy, n.Input(0), n.Input(1).Shape, n.Attributes.Without("output_padding")),
            .. n.Inputs.Count < 3 ? Array.Empty<Value>() : [SumOverBatch(δy)],
        ]),
        new("ConvGradInput", FromBody, NoGradient.Unwritten),
        new("ConvGradWeight", FromBody, NoGradient.Unwritten),
    ];

    /// <summary>Cross-correlation, as in every deep learning library. Output side: ⌊(H + 2·padding − dilation·(k−1) − 1) / stride⌋ + 1.</summary>
    public static Value Conv(Value x, Value filter, Value? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        var attributes = ConvAttributes(filter, stride, padding, dilation, groups);
        return bias is null ? Node("Conv", attributes, x, filter) : Node("Conv", attributes, x, filter, bias);
    }

    /// <summary>
    /// The transpose of a convolution; filters are [C,O/groups,kh,kw].
    /// Output side: (H − 1)·stride − 2·padding + dilation·(k−1) + outputPadding + 1.
    /// </summary>
    public static Value ConvTranspose(
        Value x, Value filter, Value? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1)
    {
        var attributes = ConvAttributes(filter, stride, padding, dilation, groups).With(("output_padding", new long[] { outputPadding, outputPadding }));
        return bias is null ? Node("ConvTranspose", attributes, x, filter) : Node("ConvTranspose", attributes, x, filter, bias);
    }

    private static Value ConvGradInput(Value δy, Value filter, Shape input, Attributes conv)
    {
        return Call("ConvGradInput", conv.With(("input_shape", new[] { input[2], input[3] })), body =>
        {
            var (strides, pads, dilations, kernel) = (conv.Ints("strides"), conv.Ints("pads"), conv.Ints("dilations"), conv.Ints("kernel_shape"));

            // Rows that the stride skipped at the end of the input.
            var skipped = new[] { 0, 1 }
                .Select(i => input[2 + i] - (((δy.Shape[2 + i] - 1) * strides[i]) - pads[i] - pads[i + 2] + (dilations[i] * (kernel[i] - 1)) + 1))
                .ToArray();
            return [Node("ConvTranspose", conv.With(("output_padding", skipped)), body[0], body[1])];
        }, δy, filter).Output();
    }

    // δW[o,c,i,j] = Σ over images and positions of δy[n,o,·] · x[n,c,· shifted by (i,j)]: one matrix product per tap (i,j),
    // or one for all taps when channels are too few to fill a product.
    private static Value ConvGradWeight(Value x, Value δy, Shape filter, Attributes conv) =>
        Call("ConvGradWeight", conv, body =>
        {
            var groups = conv.Int("group", 1);
            var (batch, channels, outputs, positions) = (x.Shape[0], filter[1], filter[0] / groups, δy.Shape[2] * δy.Shape[3]);
            var pads = conv.Ints("pads");
            var padded = Pad(body[0], [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
            var taps = Taps(padded, δy.Shape, conv).Select(tap => Reshape(tap, [batch, groups, channels, positions])).ToList();
            var rows = Reshape(body[1], [batch, groups, outputs, positions]);
            const int FewChannels = 8;
            if (channels <= FewChannels && taps.Count > 1)
            {
                taps = [Concat(2, [.. taps])];
            }

            // [groups, outputs, channels] per tap.
            var products = taps.Select(tap => Sum(MatMul(rows, SwapLast(tap)), 0)).ToList();
            var kernel = filter[2] * filter[3];
            var stacked = products.Count == 1
                ? Transpose(Reshape(products[0], [groups, outputs, kernel, channels]), 0, 1, 3, 2)
                : Transpose(Concat(0, [.. products.Select(product => Unsqueeze(product, 0))]), 1, 2, 3, 0);
            return [Reshape(stacked, filter)];
        }, x, δy).Output();

    /// <summary>What each position of the kernel sees of the padded input, in row-major order of the kernel.</summary>
    private static IEnumerable<Value> Taps(Value padded, Shape output, Attributes conv)
    {
        var (strides, dilations, kernel) = (conv.Ints("strides"), conv.Ints("dilations"), conv.Ints("kernel_shape"));
        for (var i = 0; i < kernel[0]; i++)
        {
            for (var j = 0; j < kernel[1]; j++)
            {
                var (top, left) = (i * dilations[0], j * dilations[1]);
                var (bottom, right) = (top + ((output[2] - 1) * strides[0]) + 1, left + ((output[3] - 1) * strides[1]) + 1);
                yield return Slice(padded, [2, 3], [top, left], [bottom, right], strides);
            }
        }
    }

    private static Attributes ConvAttributes(Value filter, long stride, long padding, long dilation, long groups) => new(
        ("kernel_shape", new[] { filter.Shape[2], filter.Shape[3] }),
        ("strides", new[] { stride, stride }),
        ("pads", new[] { padding, padding, padding, padding }),
        ("dilations", new[] { dilation, dilation }),
        ("group", groups));

    private static IReadOnlyList<(DType, Shape)> FromBody(IReadOnlyList<Value> inputs, Attributes attributes) =>
        throw new GraphException("a jem function takes its shapes from its body; make it with Op.Call.");

    private static IReadOnlyList<(DType, Shape)> InferConv(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (x, filter) = (ImageShape(inputs[0]), ImageShape(inputs[1]));
        var groups = attributes.Int("group", 1);
        Shapes.Expect(x[1] == filter[1] * groups, $"filters [O,{x[1]}/{groups},kh,kw] for {x[1]} channels, got {filter}.");
        Shapes.Expect(filter[0] % groups == 0, $"a number of filters divisible by {groups} groups, got {filter[0]}.");
        return [(Shapes.SameType(inputs), [x[0], filter[0], .. WindowOutput(x, attributes)])];
    }

    private static IReadOnlyList<(DType, Shape)> InferConvTranspose(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (x, filter) = (ImageShape(inputs[0]), ImageShape(inputs[1]));
        Shapes.Expect(x[1] == filter[0], $"filters [{x[1]},O,kh,kw], got {filter}.");
        var (strides, pads) = (attributes.Ints("strides"), attributes.Ints("pads"));
        var (dilations, extra) = (attributes.Ints("dilations"), attributes.Ints("output_padding"));
        var sides = new[] { 0, 1 }.Select(i => ((x[2 + i] - 1) * strides[i]) - pads[i] - pads[i + 2] + (dilations[i] * (filter[2 + i] - 1)) + extra[i] + 1);
        return [(Shapes.SameType(inputs), [x[0], filter[1] * attributes.Int("group", 1), .. sides])];
    }

    private static Shape ImageShape(Value image)
    {
        Shapes.Expect(image.Shape.Rank == 4, $"four axes, got {image}.");
        return image.Shape;
    }

    /// <summary>How many positions a window takes along height and width.</summary>
    private static IEnumerable<long> WindowOutput(Shape x, Attributes window)
    {
        var (kernel, strides, pads) = (window.Ints("kernel_shape"), window.Ints("strides"), window.Ints("pads"));
        var dilations = window.Ints("dilations", [1, 1]);
        for (var i = 0; i < 2; i++)
        {
            var room = x[2 + i] + pads[i] + pads[i + 2] - (dilations[i] * (kernel[i] - 1)) - 1;
            Shapes.Expect(room >= 0, $"an image at least as large as the window, got {x} for a kernel of [{string.Join(',', kernel)}].");
            yield return (room / strides[i]) + 1;
        }
    }
}
