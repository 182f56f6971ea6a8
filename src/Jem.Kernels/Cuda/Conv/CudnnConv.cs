using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>A convolution by cuDNN: (x [N,C,H,W], w [O,C/group,kh,kw]) → y [N,O,Ho,Wo].</summary>
internal sealed unsafe class CudnnConv(SlidingWindow window, bool channelsLast, bool deterministic) : CudnnConvolution(window, channelsLast, deterministic)
{
    public override void Run(KernelContext context)
    {
        var (x, w, call) = (context.Input(0), context.Input(1), context.Cuda);
        var ((n, c, h, width), filter) = (x.Images("x"), w.Images("w"));
        if (c != filter.C * Window.Group || filter.N % Window.Group != 0 || (filter.H, filter.W) != (Window.KernelHeight, Window.KernelWidth))
        {
            throw new ArgumentException(
                $"Input 'w' must have shape [O,{c}/group,{Window.KernelHeight},{Window.KernelWidth}] for 'x' {x} in {Window.Group} groups; got {w}.");
        }

        var (ho, wo) = Window.Sides(h, width);
        var y = context.Output(0, n, filter.N, ho, wo);
        using var scratch = FilterScratch(call, filter);
        var filters = Turn(call, filter, w.Data, scratch);
        Run(call, (n, c, h, width), filter, (n, filter.N, ho, wo), (convolution, algorithm, workspace, bytes) => Cudnn.Forward(
            call.Cudnn, X, x.Data, W, filters, convolution, algorithm, workspace, bytes, Y, y.Data));
    }

    protected override Cudnn.Algorithm[] Algorithms(nint handle, nint convolution, bool measured) =>
        Cudnn.ForwardAlgorithms(handle, X, W, convolution, Y, measured);

    protected override nuint WorkspaceOf(nint handle, nint convolution, int algorithm) => Cudnn.ForwardWorkspace(handle, X, W, convolution, Y, algorithm);
}
