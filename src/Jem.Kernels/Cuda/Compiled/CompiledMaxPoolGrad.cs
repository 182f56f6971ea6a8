using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The gradient of max pooling: (x [N,C,H,W], δy [N,C,Ho,Wo]) → δx [N,C,H,W], to the first maximum of each window.</summary>
internal sealed unsafe class CompiledMaxPoolGrad(SlidingWindow window) : IKernel
{
    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var ((n, c, h, w), (ho, wo)) = window.Pooled(x, δy);
        var (of, planes) = (PoolWindow.Of(window), new PoolPlanes(h, w, ho, wo));
        float* input = x.Data, gradient = δy.Data, output = context.Output(0, n, c, h, w).Data;
        CompiledKernels.Run(
            "max_pool_grad", x.Count, context.Cuda.Stream, (nint)(&input), (nint)(&gradient), (nint)(&output), (nint)(&of), (nint)(&planes));
    }
}
