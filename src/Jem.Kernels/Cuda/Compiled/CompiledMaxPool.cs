using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>Max pooling with channels last: x [N,C,H,W] → y [N,C,Ho,Wo], whose numbers lie as [N,H,W,C] and [N,Ho,Wo,C].</summary>
internal sealed unsafe class CompiledMaxPool(SlidingWindow window) : IKernel
{
    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var (n, c, h, w) = x.Images("x");
        var (ho, wo) = window.Sides(h, w);
        var y = context.Output(0, n, c, ho, wo);
        Compute(context.Cuda, window, new PoolPlanes(h, w, ho, wo, c), x.Data, y.Data, null, y.Count);
    }

    /// <param name="y">The maxima; none are written to null.</param>
    /// <param name="places">The places of the maxima, likewise.</param>
    public static void Compute(CudaCall call, SlidingWindow window, PoolPlanes planes, float* x, float* y, int* places, long count)
    {
        var of = PoolWindow.Of(window);
        CompiledKernels.Run("max_pool", count, call.Stream, (nint)(&x), (nint)(&y), (nint)(&places), (nint)(&of), (nint)(&planes));
    }
}
