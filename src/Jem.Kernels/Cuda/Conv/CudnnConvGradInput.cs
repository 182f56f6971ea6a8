using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>The gradient of a convolution's input by cuDNN: (δy [N,O,Ho,Wo], w [O,C/group,kh,kw]) → δx [N,C,H,W].</summary>
internal sealed unsafe class CudnnConvGradInput(SlidingWindow window, (int H, int W) input, bool channelsLast, bool deterministic)
    : CudnnConvolution(window, channelsLast, deterministic)
{
    public override void Run(KernelContext context)
    {
        var (δy, w, call) = (context.Input(0), context.Input(1), context.Cuda);
        var (gradient, filter) = Window.Filtered(δy, w, input);
        var x = (gradient.N, C: filter.C * Window.Group, input.H, input.W);
        var δx = context.Output(0, x.N, x.C, x.H, x.W);
        using var scratch = FilterScratch(call, filter);
        var filters = Turn(call, filter, w.Data, scratch);
        Run(call, x, filter, gradient, (convolution, algorithm, workspace, bytes) => Cudnn.BackwardData(
            call.Cudnn, W, filters, Y, δy.Data, convolution, algorithm, workspace, bytes, X, δx.Data));
    }

    protected override Cudnn.Algorithm[] Algorithms(nint handle, nint convolution, bool measured) =>
        Cudnn.DataAlgorithms(handle, W, Y, convolution, X, measured);

    protected override nuint WorkspaceOf(nint handle, nint convolution, int algorithm) => Cudnn.DataWorkspace(handle, W, Y, convolution, X, algorithm);
}
