using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Pool;

/// <summary>
/// The gradient of max pooling: (x [N,C,H,W], δy [N,C,Ho,Wo]) → δx [N,C,H,W]. Each gradient goes to the first maximum of its
/// window in row-major order, or to the last NaN, as in PyTorch.
/// </summary>
internal sealed unsafe class MaxPoolGrad(SlidingWindow window) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new MaxPoolGrad(SlidingWindow.Read(attributes));

    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var ((n, c, h, w), (ho, wo)) = window.Pooled(x, δy);
        Compute(window, n * c, (h, w), (ho, wo), x.Data, δy.Data, context.Output(0, n, c, h, w).Data, context.ParallelFor);
    }

    public static void Compute(
        SlidingWindow window, int planes, (int H, int W) input, (int H, int W) output, float* x, float* δy, float* δx, ParallelFor parallel) =>
        parallel(planes, plane =>
        {
            nint size = (nint)input.H * input.W;
            Plane(window, input, output, x + (plane * size), δy + ((nint)plane * output.H * output.W), δx + (plane * size));
        });

    // The outputs of a row look for their maxima side by side: tap by tap, so that neighbours fill a vector.
    private static void Plane(SlidingWindow window, (int H, int W) input, (int H, int W) output, float* x, float* δy, float* δx)
    {
        using var scratch = Scratch.Rent(3L * output.W);
        var maxima = new Span<float>(scratch.Data, output.W);
        var values = new Span<float>(scratch.Data + output.W, output.W);
        var places = new Span<int>(scratch.Data + (2 * output.W), output.W);
        new Span<float>(δx, input.H * input.W).Clear();
        for (var row = 0; row < output.H; row++, δy += output.W)
        {
            places.Fill(-1);
            var top = (row * window.StrideHeight) - window.Top;
            var (first, end) = SlidingWindow.Inside(top, input.H, window.KernelHeight, window.DilationHeight);
            for (var down = first; down < end; down++)
            {
                for (var right = 0; right < window.KernelWidth; right++)
                {
                    // The columns whose tap lies in the image.
                    var shift = (right * window.DilationWidth) - window.Left;
                    var (from, to) = SlidingWindow.Inside(shift, input.W, output.W, window.StrideWidth);
                    var place = ((top + (down * window.DilationHeight)) * input.W) + shift + (from * window.StrideWidth);
                    for (var i = 0; i < to - from; i++)
                    {
                        values[i] = x[place + (i * window.StrideWidth)];
                    }

                    TakeLarger(values[..(to - from)], place, window.StrideWidth, maxima[from..to], places[from..to]);
                }
            }

            for (var column = 0; column < output.W; column++)
            {
                if (places[column] >= 0)
                {
                    δx[places[column]] += δy[column]; // a window of padding only has no maximum
                }
            }
        }
    }

    // Where a value is larger, a NaN or the first one, it becomes the maximum; value i is at place + i·step.
    private static void TakeLarger(ReadOnlySpan<float> values, int place, int step, Span<float> maxima, Span<int> places)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (value, maximum, at) = (new Vector<float>(values[i..]), new Vector<float>(maxima[i..]), new Vector<int>(places[i..]));
            var larger = Vector.GreaterThan(value, maximum) | Vector.IsNaN(value).As<float, int>() | Vector.IsNegative(at);
            Vector.ConditionalSelect(larger, value, maximum).CopyTo(maxima[i..]);
            Vector.ConditionalSelect(larger, Vector.CreateSequence(place + (i * step), step), at).CopyTo(places[i..]);
        }

        for (; i < values.Length; i++)
        {
            if (values[i] > maxima[i] || float.IsNaN(values[i]) || places[i] < 0)
            {
                (maxima[i], places[i]) = (values[i], place + (i * step));
            }
        }
    }
}
