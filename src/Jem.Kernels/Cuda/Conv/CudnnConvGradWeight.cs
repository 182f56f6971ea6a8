using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>The gradient of a convolution's filters by cuDNN: (x [N,C,H,W], δy [N,O,Ho,Wo]) → δw [O,C/group,kh,kw].</summary>
internal sealed unsafe class CudnnConvGradWeight(SlidingWindow window, bool deterministic) : CudnnConvGradient(window, deterministic)
{
    private nint _x, _δy, _δw;

    public override void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var ((n, c, h, width), (m, o, ho, wo)) = (x.Images("x"), δy.Images("dy"));
        if (n != m || c % Window.Group != 0 || o % Window.Group != 0)
        {
            throw new ArgumentException($"Inputs 'x' and 'dy' must have the same images, and channels in {Window.Group} groups; got {x} and {δy}.");
        }

        Window.CheckSizes(h, width, ho, wo);
        var w = (N: o, C: c / Window.Group, H: Window.KernelHeight, W: Window.KernelWidth);
        var (δw, call) = (context.Output(0, w.N, w.C, w.H, w.W), context.Cuda);
        Run(call, (n, c, h, width), w, (n, o, ho, wo), (convolution, algorithm, workspace, bytes) => Cudnn.BackwardFilter(
            call.Cudnn, _x, x.Data, _δy, δy.Data, convolution, algorithm, (void*)workspace, bytes, _δw, δw.Data));
    }

    protected override void Describe((int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) δy) =>
        (_x, _δw, _δy) = (Cudnn.Tensor(x.N, x.C, x.H, x.W), Cudnn.Filter(w.N, w.C, w.H, w.W), Cudnn.Tensor(δy.N, δy.C, δy.H, δy.W));

    protected override void Destroy()
    {
        Cudnn.DestroyTensor(_x);
        Cudnn.DestroyTensor(_δy);
        Cudnn.DestroyFilter(_δw);
    }

    protected override Cudnn.Algorithm[] Algorithms(nint handle, nint convolution) => Cudnn.FilterAlgorithms(handle, _x, _δy, convolution, _δw);

    protected override nuint WorkspaceOf(nint handle, nint convolution, int algorithm) =>
        Cudnn.FilterWorkspace(handle, _x, _δy, convolution, _δw, algorithm);
}
