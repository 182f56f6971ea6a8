using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>
/// What both gradients of a convolution have in common: cuDNN's descriptors, made at the first call, for a program's shapes never change; and
/// an algorithm, chosen by cuDNN's rule for shapes and GPU, never by a measurement.
/// </summary>
internal abstract unsafe class CudnnConvGradient(SlidingWindow window, bool deterministic) : IKernel, IDisposable
{
    // What a workspace may take: an algorithm that wants more is seldom faster.
    private const nuint MostWorkspace = 1 << 30;

    private readonly Lock _lock = new();
    private nint _convolution;
    private Cudnn.Algorithm _algorithm;

    protected SlidingWindow Window => window;

    /// <summary>Whether cuDNN has this window: it pads opposite sides alike.</summary>
    public static bool Serves(SlidingWindow window) => window.Top == window.Bottom && window.Left == window.Right;

    public abstract void Run(KernelContext context);

    public void Dispose()
    {
        if (_convolution != 0)
        {
            Cudnn.DestroyConvolution(_convolution);
            Destroy();
        }
    }

    /// <summary>Makes the descriptors of the tensors.</summary>
    protected abstract void Describe((int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) δy);

    protected abstract void Destroy();

    protected abstract Cudnn.Algorithm[] Algorithms(nint handle, nint convolution);

    protected abstract nuint WorkspaceOf(nint handle, nint convolution, int algorithm);

    /// <summary>The convolution's descriptor, the algorithm and its workspace in bytes.</summary>
    protected (nint Convolution, int Algorithm, nuint Workspace) Prepare(
        CudaCall call, (int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) δy)
    {
        lock (_lock)
        {
            if (_convolution == 0)
            {
                Describe(x, w, δy);
                var convolution = Cudnn.Convolution(
                    (window.Top, window.Left), (window.StrideHeight, window.StrideWidth), (window.DilationHeight, window.DilationWidth), window.Group);
                Cudnn.SetMath(convolution, (int)(call.Tf32 ? Cudnn.MathType.Default : Cudnn.MathType.Fma));
                _algorithm = Choose(Algorithms(call.Cudnn, convolution), deterministic);

                // A choice holds for its own type of arithmetic, and float32 alone stays float32.
                if (call.Tf32)
                {
                    Cudnn.SetMath(convolution, _algorithm.MathType);
                }

                _algorithm.Workspace = WorkspaceOf(call.Cudnn, convolution, _algorithm.Number);
                _convolution = convolution;
            }

            return (_convolution, _algorithm.Number, _algorithm.Workspace);
        }
    }

    /// <summary>The first algorithm that works, fits the memory and, if that is asked for, always gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static Cudnn.Algorithm Choose(Cudnn.Algorithm[] algorithms, bool deterministic)
    {
        foreach (var algorithm in algorithms)
        {
            if (algorithm.Status == 0 && algorithm.Workspace <= MostWorkspace && (algorithm.IsDeterministic || !deterministic))
            {
                return algorithm;
            }
        }

        throw new InvalidOperationException(deterministic
            ? "cuDNN has no deterministic algorithm for this convolution. Run with --portable, or without --deterministic."
            : "cuDNN has no algorithm for this convolution. Run with --portable.");
    }
}
