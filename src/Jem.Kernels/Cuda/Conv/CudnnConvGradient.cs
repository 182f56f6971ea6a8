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
    private bool _isChosen;
    private Cudnn.Algorithm _algorithm;

    protected SlidingWindow Window => window;

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

    /// <summary>A call of cuDNN: descriptor of the convolution, algorithm, workspace and its bytes.</summary>
    protected delegate void Launch(nint convolution, int algorithm, nint workspace, nuint bytes);

    /// <summary>Makes what the first call needs, and calls cuDNN.</summary>
    protected void Run(
        CudaCall call, (int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) δy, Launch launch)
    {
        lock (_lock)
        {
            if (_convolution == 0)
            {
                Describe(x, w, δy);
                _convolution = Cudnn.Convolution(
                    (window.Top, window.Left), (window.StrideHeight, window.StrideWidth), (window.DilationHeight, window.DilationWidth), window.Group);
            }

            if (!_isChosen)
            {
                Cudnn.SetMath(_convolution, (int)(call.Tf32 ? Cudnn.MathType.Default : Cudnn.MathType.Fma));
                TryInOrder(Usable(Algorithms(call.Cudnn, _convolution), deterministic), algorithm => Use(call, algorithm, launch));
                _isChosen = true;
                return;
            }
        }

        call.WithScratch(_algorithm.Workspace, workspace => launch(_convolution, _algorithm.Number, workspace, _algorithm.Workspace));
    }

    // A rule's choice may turn out not to be there for these shapes, or to want too much memory: then the next is taken.
    private static void TryInOrder(IReadOnlyList<Cudnn.Algorithm> algorithms, Action<Cudnn.Algorithm> use)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                use(algorithms[i]);
                return;
            }
            catch (InvalidOperationException) when (i < algorithms.Count - 1)
            {
            }
        }
    }

    private void Use(CudaCall call, Cudnn.Algorithm algorithm, Launch launch)
    {
        // A choice holds for its own type of arithmetic, and float32 alone stays float32.
        if (call.Tf32)
        {
            Cudnn.SetMath(_convolution, algorithm.MathType);
        }

        algorithm.Workspace = WorkspaceOf(call.Cudnn, _convolution, algorithm.Number);
        call.WithScratch(algorithm.Workspace, workspace => launch(_convolution, algorithm.Number, workspace, algorithm.Workspace));
        _algorithm = algorithm;
    }

    /// <summary>The algorithms, the best first, that work, fit the memory and, if that is asked for, always give the same bytes.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static IReadOnlyList<Cudnn.Algorithm> Usable(Cudnn.Algorithm[] algorithms, bool deterministic)
    {
        Cudnn.Algorithm[] usable = [.. algorithms.Where(algorithm =>
            algorithm.Status == 0 && algorithm.Workspace <= MostWorkspace && (algorithm.IsDeterministic || !deterministic))];
        return usable.Length > 0 ? usable : throw new InvalidOperationException(deterministic
            ? "cuDNN has no deterministic algorithm for this convolution. Run without --deterministic."
            : "cuDNN has no algorithm for this convolution. Run with --portable.");
    }
}
