using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>The attributes of a two-dimensional convolution or pooling, as ONNX's Conv and MaxPool have them; height before width.</summary>
internal readonly record struct SlidingWindow(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int Top, int Left, int Bottom, int Right,
    int DilationHeight, int DilationWidth, int Group = 1, bool Ceil = false)
{
    /// <summary>The positions of the window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>The rows from the first to the last that one output sees.</summary>
    public int Height => ((KernelHeight - 1) * DilationHeight) + 1;

    /// <summary>The columns from the first to the last that one output sees.</summary>
    public int Width => ((KernelWidth - 1) * DilationWidth) + 1;

    public static SlidingWindow Read(NodeAttributes attributes)
    {
        var (kernel, strides, dilations) = (attributes.Ints("kernel_shape"), attributes.Ints("strides", 1, 1), attributes.Ints("dilations", 1, 1));
        var pads = attributes.Ints("pads", 0, 0, 0, 0);
        if (kernel.Length != 2 || strides.Length != 2 || dilations.Length != 2 || pads.Length != 4)
        {
            throw new ArgumentException(
                "A two-dimensional window needs kernel_shape, strides and dilations of 2 numbers and pads of 4; got "
                + $"kernel_shape [{string.Join(',', kernel)}], strides [{string.Join(',', strides)}], "
                + $"dilations [{string.Join(',', dilations)}], pads [{string.Join(',', pads)}].");
        }

        return new SlidingWindow(
            kernel[0], kernel[1], strides[0], strides[1], pads[0], pads[1], pads[2], pads[3], dilations[0], dilations[1],
            attributes.Int("group", 1), attributes.Int("ceil_mode", 0) != 0);
    }

    /// <summary>The attribute <c>input_shape</c>: height and width of the images, which an output's size does not tell.</summary>
    public static (int Height, int Width) InputShape(NodeAttributes attributes) => attributes.Ints("input_shape") is [var height, var width]
        ? (height, width)
        : throw new ArgumentException("The attribute input_shape must hold the height and the width of the images.");

    /// <summary>Throws unless images of height × width give outputs of outHeight × outWidth.</summary>
    public void CheckSizes(int height, int width, int outHeight, int outWidth)
    {
        var (rows, columns) = (Outputs(height + Top + Bottom - Height, StrideHeight), Outputs(width + Left + Right - Width, StrideWidth));
        if (!Fits(outHeight, rows, height + Top, StrideHeight) || !Fits(outWidth, columns, width + Left, StrideWidth))
        {
            throw new ArgumentException(
                $"Input 'dy' must be {rows}×{columns} for images of {height}×{width}; got {outHeight}×{outWidth}. "
                + "Check strides, pads and dilations.");
        }
    }

    /// <summary>The taps from first to last − 1 that fall inside an image, for the window that starts at <paramref name="start"/>.</summary>
    public static (int First, int End) Inside(int start, int size, int kernel, int dilation)
    {
        // Most windows lie inside, and a division is slow.
        var first = start < 0 ? (-start + dilation - 1) / dilation : 0;
        var end = start + ((kernel - 1) * dilation) < size ? kernel : start < size ? ((size - 1 - start) / dilation) + 1 : 0;
        return (Math.Min(first, end), end);
    }

    private int Outputs(int room, int stride) => ((room + (Ceil ? stride - 1 : 0)) / stride) + 1;

    // With ceil_mode, a last window that would start in the padding behind the image is dropped by later versions of ONNX.
    private bool Fits(int outputs, int expected, int end, int stride) =>
        outputs == expected || (Ceil && outputs == expected - 1 && outputs * stride >= end);
}
