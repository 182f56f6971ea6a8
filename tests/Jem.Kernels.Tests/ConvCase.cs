using Onnx;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

/// <summary>One convolution [N,C,H,W] → [N,O,...] of the tests, and its gradients by their definition, in double precision.</summary>
public sealed record ConvCase(
    int N, int C, int H, int W, int O, int[] Kernel, int[]? Stride = null, int[]? Pad = null, int[]? Dilation = null, int Group = 1)
{
    /// <summary>Sizes, strides, paddings, dilations and groups, odd ones among them.</summary>
    public static readonly ConvCase[] All =
    [
        new(2, 16, 8, 8, 8, [3, 3], Pad: [1, 1, 1, 1]),
        new(3, 17, 7, 9, 13, [3, 3], Pad: [1, 1, 1, 1]),
        new(2, 3, 11, 10, 5, [7, 7], [2, 2], [3, 3, 3, 3]),
        new(2, 1, 5, 5, 1, [3, 3]),
        new(1, 20, 9, 8, 30, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(4, 33, 4, 4, 19, [3, 3], Pad: [1, 1, 1, 1]),
        new(2, 27, 6, 7, 7, [1, 1]),
        new(2, 9, 6, 6, 7, [1, 1], Pad: [1, 0, 0, 2]),
        new(2, 18, 7, 7, 9, [1, 1], [2, 2]),
        new(2, 12, 10, 9, 4, [3, 2], [1, 2], [0, 1, 2, 0], [2, 3]),
        new(2, 15, 9, 9, 6, [3, 3], [2, 1], [2, 2, 2, 2], [2, 2], 3),
        new(2, 6, 6, 5, 6, [3, 3], Pad: [1, 1, 1, 1], Group: 6),
        new(2, 24, 5, 6, 12, [2, 2], [3, 3], [1, 0, 0, 1], Group: 2),
        new(1, 13, 3, 40, 11, [1, 5], Pad: [0, 2, 0, 2]),
        new(1, 16, 150, 130, 2, [3, 3], Pad: [1, 1, 1, 1]),
        new(40, 4, 3, 3, 3, [3, 3], Pad: [1, 1, 1, 1]),
        new(1, 2, 3, 300, 9, [3, 3], [1, 2], [1, 1, 1, 1]),
    ];

    public int[] Strides => Stride ?? [1, 1];

    public int[] Pads => Pad ?? [0, 0, 0, 0];

    public int[] Dilations => Dilation ?? [1, 1];

    public int OutHeight => ((H + Pads[0] + Pads[2] - ((Kernel[0] - 1) * Dilations[0]) - 1) / Strides[0]) + 1;

    public int OutWidth => ((W + Pads[1] + Pads[3] - ((Kernel[1] - 1) * Dilations[1]) - 1) / Strides[1]) + 1;

    public int[] FilterShape => [O, C / Group, Kernel[0], Kernel[1]];

    public AttributeProto[] Attributes =>
    [
        Ints("kernel_shape", Kernel), Ints("strides", Strides), Ints("pads", Pads), Ints("dilations", Dilations), Int("group", Group),
    ];

    internal SlidingWindow Window => new(
        Kernel[0], Kernel[1], Strides[0], Strides[1], Pads[0], Pads[1], Pads[2], Pads[3], Dilations[0], Dilations[1], Group);

    internal TestTensor Input(ulong seed) => TestTensor.Normal(seed, N, C, H, W);

    internal TestTensor Gradient(ulong seed) => TestTensor.Normal(seed + 100, N, O, OutHeight, OutWidth);

    /// <summary>Visits every product of the convolution: positions in the input, the filter and the output.</summary>
    public void ForEachProduct(Action<int, int, int> visit)
    {
        var (inputs, outputs) = (C / Group, O / Group);
        for (var i = 0; i < N * O * OutHeight * OutWidth; i++)
        {
            var (x, y, o, n) = (i % OutWidth, i / OutWidth % OutHeight, i / (OutWidth * OutHeight) % O, i / (OutWidth * OutHeight * O));
            for (var j = 0; j < inputs * Kernel[0] * Kernel[1]; j++)
            {
                var (kx, ky, c) = (j % Kernel[1], j / Kernel[1] % Kernel[0], j / (Kernel[1] * Kernel[0]));
                var (ix, iy) = ((x * Strides[1]) - Pads[1] + (kx * Dilations[1]), (y * Strides[0]) - Pads[0] + (ky * Dilations[0]));
                if (ix >= 0 && ix < W && iy >= 0 && iy < H)
                {
                    visit((((((n * C) + (o / outputs * inputs) + c) * H) + iy) * W) + ix, (o * inputs * Kernel[0] * Kernel[1]) + j, i);
                }
            }
        }
    }

    public override string ToString() =>
        $"{N}×{C}×{H}×{W} to {O}, kernel {string.Join('×', Kernel)}, strides {string.Join(',', Strides)}, "
        + $"pads {string.Join(',', Pads)}, dilations {string.Join(',', Dilations)}, group {Group}";
}
