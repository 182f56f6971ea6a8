using Onnx;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

/// <summary>One pooling of the tests.</summary>
public sealed record PoolCase(int H, int W, int[] Kernel, int[] Strides, int[] Pads, int[]? Dilation = null, bool Ceil = false)
{
    public const int Images = 3;
    public const int Channels = 5;

    public static readonly PoolCase[] All =
    [
        new(8, 8, [2, 2], [2, 2], [0, 0, 0, 0]),
        new(9, 11, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(7, 7, [3, 2], [1, 2], [0, 1, 2, 0]),
        new(6, 5, [3, 3], [1, 1], [1, 1, 1, 1]),
        new(8, 7, [2, 2], [3, 3], [0, 0, 0, 0]),
        new(8, 6, [3, 3], [2, 2], [0, 0, 0, 0], Ceil: true),
        new(5, 41, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(4, 19, [2, 3], [1, 1], [1, 1, 0, 1]),
    ];

    public int[] Dilations => Dilation ?? [1, 1];

    public int OutHeight => Outputs(H + Pads[0] + Pads[2], 0);

    public int OutWidth => Outputs(W + Pads[1] + Pads[3], 1);

    public AttributeProto[] Attributes =>
        [Ints("kernel_shape", Kernel), Ints("strides", Strides), Ints("pads", Pads), Int("ceil_mode", Ceil ? 1 : 0)];

    internal TestTensor Gradient(ulong seed) => TestTensor.Normal(seed + 100, Images, Channels, OutHeight, OutWidth);

    /// <summary>The greatest number of each window.</summary>
    internal float[] Maxima(TestTensor x) =>
    [
        .. from plane in Enumerable.Range(0, Images * Channels)
           from row in Enumerable.Range(0, OutHeight)
           from column in Enumerable.Range(0, OutWidth)
           select Window(row, column).Max(place => x.Values[(plane * H * W) + place]),
    ];

    /// <summary>The positions of a plane of H × W that output (y, x) sees, row-major.</summary>
    public IEnumerable<int> Window(int y, int x) =>
        from ky in Enumerable.Range(0, Kernel[0])
        from kx in Enumerable.Range(0, Kernel[1])
        let iy = (y * Strides[0]) - Pads[0] + (ky * Dilations[0])
        let ix = (x * Strides[1]) - Pads[1] + (kx * Dilations[1])
        where iy >= 0 && iy < H && ix >= 0 && ix < W
        select (iy * W) + ix;

    public override string ToString() => $"{H}×{W}, kernel {string.Join('×', Kernel)}, strides {string.Join(',', Strides)}, "
        + $"pads {string.Join(',', Pads)}, dilations {string.Join(',', Dilations)}{(Ceil ? ", ceil" : string.Empty)}";

    private int Outputs(int padded, int axis)
    {
        var room = padded - ((Kernel[axis] - 1) * Dilations[axis]) - 1;
        return ((room + (Ceil ? Strides[axis] - 1 : 0)) / Strides[axis]) + 1;
    }
}
