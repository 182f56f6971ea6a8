using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The gradient of average pooling: δy [N,C,Ho,Wo] → δx [N,C,H,W], spread evenly over each window.</summary>
internal sealed unsafe class CompiledAveragePoolGrad(SlidingWindow window, (int H, int W) input, bool countPadding) : IKernel
{
    public void Run(KernelContext context)
    {
        var δy = context.Input(0);
        var (n, c, ho, wo) = δy.Images("dy");
        window.CheckSizes(input.H, input.W, ho, wo);
        var (of, planes, count, δx) = (
            PoolWindow.Of(window), new PoolPlanes(input.H, input.W, ho, wo), countPadding ? 1 : 0, context.Output(0, n, c, input.H, input.W));
        float* gradient = δy.Data, output = δx.Data;
        CompiledKernels.Run(
            "average_pool_grad", δx.Count, context.Cuda.Stream, (nint)(&gradient), (nint)(&output), (nint)(&of), (nint)(&planes), (nint)(&count));
    }
}
