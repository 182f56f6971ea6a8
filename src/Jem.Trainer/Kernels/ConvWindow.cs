using Jem.Trainer.Kernels.Interop;

namespace Jem.Trainer.Kernels;

/// <summary>The attributes of a two-dimensional convolution, as of ONNX's Conv, height before width.</summary>
internal readonly record struct ConvWindow(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int Top, int Left, int Bottom, int Right,
    int DilationHeight, int DilationWidth, int Group)
{
    /// <summary>The positions of the filter.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>The rows from the first to the last that one output sees.</summary>
    public int Height => ((KernelHeight - 1) * DilationHeight) + 1;

    /// <summary>The columns from the first to the last that one output sees.</summary>
    public int Width => ((KernelWidth - 1) * DilationWidth) + 1;

    public static ConvWindow Read(NodeAttributes attributes)
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

        return new ConvWindow(
            kernel[0], kernel[1], strides[0], strides[1], pads[0], pads[1], pads[2], pads[3], dilations[0], dilations[1],
            attributes.Int("group", 1));
    }

    /// <summary>Throws unless images of height × width give outputs of outHeight × outWidth.</summary>
    public void CheckSizes(int height, int width, int outHeight, int outWidth)
    {
        var (expectedHeight, expectedWidth) =
            (((height + Top + Bottom - Height) / StrideHeight) + 1, ((width + Left + Right - Width) / StrideWidth) + 1);
        if ((outHeight, outWidth) != (expectedHeight, expectedWidth))
        {
            throw new ArgumentException(
                $"Input 'dy' must be {expectedHeight}×{expectedWidth} for images of {height}×{width}; got {outHeight}×{outWidth}. "
                + "Check strides, pads and dilations.");
        }
    }
}
