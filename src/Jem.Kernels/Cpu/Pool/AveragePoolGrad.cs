using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Pool;

/// <summary>
/// The gradient of average pooling: δy [N,C,Ho,Wo] → δx [N,C,H,W]. Each gradient is spread evenly over its window; padding
/// counts as part of the window where <c>count_include_pad</c> says so.
/// </summary>
internal sealed unsafe class AveragePoolGrad(SlidingWindow window, (int H, int W) input, bool countPadding) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new AveragePoolGrad(
        SlidingWindow.Read(attributes), SlidingWindow.InputShape(attributes), attributes.Int("count_include_pad", 0) != 0);

    public void Run(KernelContext context)
    {
        var δy = context.Input(0);
        var (n, c, ho, wo) = δy.Images("dy");
        window.CheckSizes(input.H, input.W, ho, wo);
        Compute(window, countPadding, n * c, input, (ho, wo), δy.Data, context.Output(0, n, c, input.H, input.W).Data, context.ParallelFor);
    }

    public static void Compute(
        SlidingWindow window, bool countPadding, int planes, (int H, int W) input, (int H, int W) output,
        float* δy, float* δx, ParallelFor parallel) => parallel(planes, plane => Plane(
            window, countPadding, input, output, δy + ((nint)plane * output.H * output.W), δx + ((nint)plane * input.H * input.W)));

    private static void Plane(
        SlidingWindow window, bool countPadding, (int H, int W) input, (int H, int W) output, float* δy, float* δx)
    {
        new Span<float>(δx, input.H * input.W).Clear();
        for (var row = 0; row < output.H; row++)
        {
            var top = (row * window.StrideHeight) - window.Top;
            var (firstDown, endDown) = SlidingWindow.Inside(top, input.H, window.KernelHeight, window.DilationHeight);

            // A window may reach beyond the padding with ceil_mode: what lies there never counts.
            var rows = SlidingWindow.Inside(top, input.H + window.Bottom, window.KernelHeight, window.DilationHeight).End;
            for (var column = 0; column < output.W; column++, δy++)
            {
                var left = (column * window.StrideWidth) - window.Left;
                var (firstRight, endRight) = SlidingWindow.Inside(left, input.W, window.KernelWidth, window.DilationWidth);
                var columns = SlidingWindow.Inside(left, input.W + window.Right, window.KernelWidth, window.DilationWidth).End;
                var share = *δy / (countPadding ? rows * columns : (endDown - firstDown) * (endRight - firstRight));
                for (var down = firstDown; down < endDown; down++)
                {
                    var line = δx + ((top + (down * window.DilationHeight)) * input.W) + left;
                    for (var right = firstRight; right < endRight; right++)
                    {
                        line[right * window.DilationWidth] += share;
                    }
                }
            }
        }
    }
}
