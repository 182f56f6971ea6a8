using Jem.Kernels.Interop;

namespace Jem.Kernels;

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

    /// <summary>Height and width of what images of a height and a width give.</summary>
    public (int Height, int Width) Sides(int height, int width) =>
        (Outputs(height + Top + Bottom - Height, StrideHeight), Outputs(width + Left + Right - Width, StrideWidth));

    /// <summary>Throws unless images of height × width give outputs of outHeight × outWidth.</summary>
    public void CheckSizes(int height, int width, int outHeight, int outWidth)
    {
        var (rows, columns) = Sides(height, width);
        if (!Fits(outHeight, rows, height + Top, StrideHeight) || !Fits(outWidth, columns, width + Left, StrideWidth))
        {
            throw new ArgumentException(
                $"Input 'dy' must be {rows}×{columns} for images of {height}×{width}; got {outHeight}×{outWidth}. "
                + "Check strides, pads and dilations.");
        }
    }

    /// <summary>The sizes of images and of their pooled gradients.</summary>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    public ((int N, int C, int H, int W) X, (int H, int W) Output) Pooled(Tensor x, Tensor δy)
    {
        var ((n, c, h, w), (m, k, ho, wo)) = (x.Images("x"), δy.Images("dy"));
        if ((n, c) != (m, k))
        {
            throw new ArgumentException($"Inputs 'x' and 'dy' must have the same images and channels; got {x} and {δy}.");
        }

        CheckSizes(h, w, ho, wo);
        return ((n, c, h, w), (ho, wo));
    }

    /// <summary>The sizes of a convolution's output gradients and filters.</summary>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    public ((int N, int C, int H, int W) δy, (int N, int C, int H, int W) W) Filtered(Tensor δy, Tensor w, (int H, int W) input)
    {
        var (gradient, filter) = (δy.Images("dy"), w.Images("w"));
        if (gradient.C != filter.N || gradient.C % Group != 0 || (filter.H, filter.W) != (KernelHeight, KernelWidth))
        {
            throw new ArgumentException(
                $"Input 'w' must have shape [{gradient.C},C/group,{KernelHeight},{KernelWidth}] for 'dy' {δy} in {Group} groups; got {w}.");
        }

        CheckSizes(input.H, input.W, gradient.H, gradient.W);
        return (gradient, filter);
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
