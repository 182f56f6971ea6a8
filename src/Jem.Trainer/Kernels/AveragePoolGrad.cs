using System.Numerics.Tensors;
using Jem.Trainer.Kernels.Interop;

namespace Jem.Trainer.Kernels;

/// <summary>
/// The gradient of average pooling: dy [N,C,Ho,Wo] → dx [N,C,H,W]. Each gradient is spread evenly over its window; padding
/// counts as part of the window where <c>count_include_pad</c> says so.
/// </summary>
internal sealed unsafe class AveragePoolGrad(SlidingWindow window, (int H, int W) input, bool countPadding) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new AveragePoolGrad(
        SlidingWindow.Read(attributes), SlidingWindow.InputShape(attributes), attributes.Int("count_include_pad", 0) != 0);

    public void Run(KernelContext context)
    {
        var dy = context.Input(0);
        var (n, c, ho, wo) = dy.Images("dy");
        window.CheckSizes(input.H, input.W, ho, wo);
        Compute(window, countPadding, n * c, input, (ho, wo), dy.Data, context.Output(0, n, c, input.H, input.W).Data, context.ParallelFor);
    }

    public static void Compute(
        SlidingWindow window, bool countPadding, int planes, (int H, int W) input, (int H, int W) output,
        float* dy, float* dx, ParallelFor parallel) => parallel(planes, plane => Plane(
            window, countPadding, input, output, dy + ((nint)plane * output.H * output.W), dx + ((nint)plane * input.H * input.W)));

    // The outputs of a row spread their shares side by side: tap by tap, without a look at each window's borders.
    private static void Plane(
        SlidingWindow window, bool countPadding, (int H, int W) input, (int H, int W) output, float* dy, float* dx)
    {
        using var scratch = Scratch.Rent(2L * output.W);
        var counted = new Span<float>(scratch.Data, output.W);
        var shares = new Span<float>(scratch.Data + output.W, output.W);
        for (var column = 0; column < output.W; column++)
        {
            counted[column] = Counted((column * window.StrideWidth) - window.Left, input.W, window.Right, window.KernelWidth, window.DilationWidth, countPadding);
        }

        new Span<float>(dx, input.H * input.W).Clear();
        for (var row = 0; row < output.H; row++, dy += output.W)
        {
            var top = (row * window.StrideHeight) - window.Top;
            var rows = Counted(top, input.H, window.Bottom, window.KernelHeight, window.DilationHeight, countPadding);
            TensorPrimitives.Multiply(counted, rows, shares);
            TensorPrimitives.Divide(new ReadOnlySpan<float>(dy, output.W), shares, shares);
            var (first, end) = SlidingWindow.Inside(top, input.H, window.KernelHeight, window.DilationHeight);
            for (var down = first; down < end; down++)
            {
                var line = dx + ((nint)(top + (down * window.DilationHeight)) * input.W);
                for (var right = 0; right < window.KernelWidth; right++)
                {
                    // The columns whose tap lies in the image.
                    var shift = (right * window.DilationWidth) - window.Left;
                    var (from, to) = SlidingWindow.Inside(shift, input.W, output.W, window.StrideWidth);
                    var target = line + shift;
                    for (var column = from; column < to; column++)
                    {
                        target[column * window.StrideWidth] += shares[column];
                    }
                }
            }
        }
    }

    // The rows or columns of a window that its mean is over. A window may reach beyond the padding with ceil_mode: what lies there
    // never counts.
    private static int Counted(int start, int size, int padding, int kernel, int dilation, bool countPadding)
    {
        var (first, end) = SlidingWindow.Inside(start, size, kernel, dilation);
        return countPadding ? SlidingWindow.Inside(start, size + padding, kernel, dilation).End : end - first;
    }
}
