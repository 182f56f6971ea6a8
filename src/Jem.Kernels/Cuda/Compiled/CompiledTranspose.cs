using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>
/// Images [N,C,H,W] whose numbers lie as [N,C,H,W] to the same with channels last, as [N,H,W,C]; or back. The shape that ONNX Runtime sees stays.
/// </summary>
internal sealed unsafe class CompiledTranspose(bool toLast) : IKernel
{
    private const int Tile = 32;
    private const uint Most = 65535;

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var (n, c, h, w) = x.Images("x");
        var y = context.Output(0, n, c, h, w);
        Compute(context.Cuda.Stream, x.Data, y.Data, n, toLast ? c : h * w, toLast ? h * w : c);
    }

    /// <summary>Turns over each of a batch of matrices.</summary>
    public static void Compute(nint stream, float* from, float* to, int batch, int rows, int columns)
    {
        static uint Tiles(int size) => (uint)((size + Tile - 1) / Tile);
        if (batch > 0 && rows > 0 && columns > 0)
        {
            CompiledKernels.Launch(
                "transpose", (Tiles(columns), Math.Min(Tiles(rows), Most), Math.Min((uint)batch, Most)), stream,
                (nint)(&from), (nint)(&to), (nint)(&batch), (nint)(&rows), (nint)(&columns));
        }
    }
}
