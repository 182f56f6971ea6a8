using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>
/// The gradient of max pooling: (x [N,C,H,W], δy [N,C,Ho,Wo]) → δx [N,C,H,W], to the first maximum of each window. The maxima are found once, not by
/// each input of a window.
/// </summary>
internal sealed unsafe class CompiledMaxPoolGrad(SlidingWindow window, bool channelsLast) : IKernel
{
    public void Run(KernelContext context)
    {
        var (x, δy, call) = (context.Input(0), context.Input(1), context.Cuda);
        var ((n, c, h, w), (ho, wo)) = window.Pooled(x, δy);
        var (of, planes) = (PoolWindow.Of(window), new PoolPlanes(h, w, ho, wo, channelsLast ? c : 1));
        float* gradient = δy.Data, output = context.Output(0, n, c, h, w).Data;
        using var scratch = call.Scratch((nuint)δy.Count * sizeof(int));
        var places = (int*)scratch.Data;
        CompiledMaxPool.Compute(call, window, planes, x.Data, null, places, δy.Count);
        CompiledKernels.Run(
            "max_pool_grad", x.Count, call.Stream, (nint)(&places), (nint)(&gradient), (nint)(&output), (nint)(&of), (nint)(&planes));
    }
}
