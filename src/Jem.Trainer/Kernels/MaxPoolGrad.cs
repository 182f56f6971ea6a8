using Jem.Trainer.Kernels.Interop;

namespace Jem.Trainer.Kernels;

/// <summary>
/// The gradient of max pooling: (x [N,C,H,W], dy [N,C,Ho,Wo]) → dx [N,C,H,W]. Each gradient goes to the first maximum of its
/// window in row-major order, or to the last NaN, as in PyTorch.
/// </summary>
internal sealed unsafe class MaxPoolGrad(SlidingWindow window) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new MaxPoolGrad(SlidingWindow.Read(attributes));

    public void Run(KernelContext context)
    {
        var (x, dy) = (context.Input(0), context.Input(1));
        var ((n, c, h, w), (m, k, ho, wo)) = (x.Images("x"), dy.Images("dy"));
        if ((n, c) != (m, k))
        {
            throw new ArgumentException($"Inputs 'x' and 'dy' must have the same images and channels; got {x} and {dy}.");
        }

        window.CheckSizes(h, w, ho, wo);
        Compute(window, n * c, (h, w), (ho, wo), x.Data, dy.Data, context.Output(0, n, c, h, w).Data, context.ParallelFor);
    }

    public static void Compute(
        SlidingWindow window, int planes, (int H, int W) input, (int H, int W) output, float* x, float* dy, float* dx, ParallelFor parallel) =>
        parallel(planes, plane =>
        {
            nint size = (nint)input.H * input.W;
            Plane(window, input, output, x + (plane * size), dy + ((nint)plane * output.H * output.W), dx + (plane * size));
        });

    private static void Plane(SlidingWindow window, (int H, int W) input, (int H, int W) output, float* x, float* dy, float* dx)
    {
        new Span<float>(dx, input.H * input.W).Clear();
        for (var row = 0; row < output.H; row++)
        {
            var top = (row * window.StrideHeight) - window.Top;
            var (firstDown, endDown) = SlidingWindow.Inside(top, input.H, window.KernelHeight, window.DilationHeight);
            for (var column = 0; column < output.W; column++, dy++)
            {
                var left = (column * window.StrideWidth) - window.Left;
                var (firstRight, endRight) = SlidingWindow.Inside(left, input.W, window.KernelWidth, window.DilationWidth);
                if (firstDown == endDown || firstRight == endRight)
                {
                    continue; // a window of padding only has no maximum
                }

                var best = ((top + (firstDown * window.DilationHeight)) * input.W) + left + (firstRight * window.DilationWidth);
                var maximum = x[best];
                for (var down = firstDown; down < endDown; down++)
                {
                    var line = ((top + (down * window.DilationHeight)) * input.W) + left;
                    for (var right = firstRight; right < endRight; right++)
                    {
                        var at = line + (right * window.DilationWidth);
                        var larger = x[at] > maximum || float.IsNaN(x[at]);
                        best = larger ? at : best;
                        maximum = larger ? x[at] : maximum;
                    }
                }

                dx[best] += *dy;
            }
        }
    }
}
