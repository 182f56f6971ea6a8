using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>The gradient of a convolution's input by cuDNN: (δy [N,O,Ho,Wo], w [O,C/group,kh,kw]) → δx [N,C,H,W].</summary>
internal sealed unsafe class CudnnConvGradInput(SlidingWindow window, (int H, int W) input, bool deterministic) : CudnnConvGradient(window, deterministic)
{
    private nint _δx, _w, _δy;

    public override void Run(KernelContext context)
    {
        var (δy, w) = (context.Input(0), context.Input(1));
        var (gradient, filter) = Window.Filtered(δy, w, input);
        var x = (gradient.N, C: filter.C * Window.Group, input.H, input.W);
        var (δx, call) = (context.Output(0, x.N, x.C, x.H, x.W), context.Cuda);
        Run(call, x, filter, gradient, (convolution, algorithm, workspace, bytes) => Cudnn.BackwardData(
            call.Cudnn, _w, w.Data, _δy, δy.Data, convolution, algorithm, (void*)workspace, bytes, _δx, δx.Data));
    }

    protected override void Describe((int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) δy) =>
        (_δx, _w, _δy) = (Cudnn.Tensor(x.N, x.C, x.H, x.W), Cudnn.Filter(w.N, w.C, w.H, w.W), Cudnn.Tensor(δy.N, δy.C, δy.H, δy.W));

    protected override void Destroy()
    {
        Cudnn.DestroyTensor(_δx);
        Cudnn.DestroyFilter(_w);
        Cudnn.DestroyTensor(_δy);
    }

    protected override Cudnn.Algorithm[] Algorithms(nint handle, nint convolution) => Cudnn.DataAlgorithms(handle, _w, _δy, convolution, _δx);

    protected override nuint WorkspaceOf(nint handle, nint convolution, int algorithm) =>
        Cudnn.DataWorkspace(handle, _w, _δy, convolution, _δx, algorithm);
}
