using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>The gradient of a convolution's filters by cuDNN: (x [N,C,H,W], δy [N,O,Ho,Wo]) → δw [O,C/group,kh,kw].</summary>
internal sealed unsafe class CudnnConvGradWeight(SlidingWindow window, bool channelsLast, bool deterministic)
    : CudnnConvolution(window, channelsLast, deterministic)
{
    public override void Run(KernelContext context)
    {
        var (x, δy, call) = (context.Input(0), context.Input(1), context.Cuda);
        var ((n, c, h, width), (m, o, ho, wo)) = (x.Images("x"), δy.Images("dy"));
        if (n != m || c % Window.Group != 0 || o % Window.Group != 0)
        {
            throw new ArgumentException($"Inputs 'x' and 'dy' must have the same images, and channels in {Window.Group} groups; got {x} and {δy}.");
        }

        Window.CheckSizes(h, width, ho, wo);
        var w = (N: o, C: c / Window.Group, H: Window.KernelHeight, W: Window.KernelWidth);
        var δw = context.Output(0, w.N, w.C, w.H, w.W);
        using var scratch = FilterScratch(call, w);
        var filters = TurnsFilters ? (float*)scratch.Data : δw.Data;
        Run(call, (n, c, h, width), w, (n, o, ho, wo), (convolution, algorithm, workspace, bytes) => Cudnn.BackwardFilter(
            call.Cudnn, X, x.Data, Y, δy.Data, convolution, algorithm, workspace, bytes, W, filters));
        if (TurnsFilters)
        {
            CompiledTranspose.Compute(call.Stream, filters, δw.Data, w.N, Window.Taps, w.C);
        }
    }

    protected override Cudnn.Algorithm[] Algorithms(nint handle, nint convolution, bool measured) =>
        Cudnn.FilterAlgorithms(handle, X, Y, convolution, W, measured);

    protected override nuint WorkspaceOf(nint handle, nint convolution, int algorithm) => Cudnn.FilterWorkspace(handle, X, Y, convolution, W, algorithm);
}
