using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Conv;

/// <summary>
/// What a convolution and its gradients have in common: cuDNN's descriptors, made at the first call, for a program's shapes never change; and an
/// algorithm, which cuDNN measures then – or chooses by its rule for shapes and GPU, where the same bytes must come out every time. Images lie as
/// [N,C,H,W] or with channels last; filters are parameters and always lie as [O,C/group,kh,kw], so they are turned over for the latter.
/// </summary>
internal abstract unsafe class CudnnConvolution(SlidingWindow window, bool channelsLast, bool deterministic) : IKernel, IDisposable
{
    // What a workspace may take: an algorithm that wants more is seldom faster.
    private const nuint MostWorkspace = 1 << 30;

    private readonly Lock _lock = new();
    private nint _convolution;
    private bool _isChosen;
    private Cudnn.Algorithm _algorithm;

    protected SlidingWindow Window => window;

    /// <summary>Descriptors of the images, the filters and the outputs.</summary>
    protected nint X { get; private set; }

    /// <inheritdoc cref="X"/>
    protected nint W { get; private set; }

    /// <inheritdoc cref="X"/>
    protected nint Y { get; private set; }

    public abstract void Run(KernelContext context);

    public void Dispose()
    {
        if (_convolution != 0)
        {
            Cudnn.DestroyConvolution(_convolution);
            Cudnn.DestroyTensor(X);
            Cudnn.DestroyFilter(W);
            Cudnn.DestroyTensor(Y);
        }
    }

    protected abstract Cudnn.Algorithm[] Algorithms(nint handle, nint convolution, bool measured);

    protected abstract nuint WorkspaceOf(nint handle, nint convolution, int algorithm);

    /// <summary>A call of cuDNN: descriptor of the convolution, algorithm, workspace and its bytes.</summary>
    protected delegate void Launch(nint convolution, int algorithm, void* workspace, nuint bytes);

    /// <summary>Makes what the first call needs, and calls cuDNN.</summary>
    protected void Run(
        CudaCall call, (int N, int C, int H, int W) x, (int N, int C, int H, int W) w, (int N, int C, int H, int W) y, Launch launch)
    {
        lock (_lock)
        {
            if (_convolution == 0)
            {
                (X, W, Y) = (Cudnn.Tensor(x, channelsLast), Cudnn.Filter(w, channelsLast), Cudnn.Tensor(y, channelsLast));
                _convolution = Cudnn.Convolution(
                    (window.Top, window.Left), (window.StrideHeight, window.StrideWidth), (window.DilationHeight, window.DilationWidth), window.Group);
            }

            if (!_isChosen)
            {
                Cudnn.SetMath(_convolution, (int)(call.Tf32 ? Cudnn.MathType.Default : Cudnn.MathType.Fma));
                TryInOrder(Candidates(call.Cudnn), algorithm => Use(call, algorithm, launch));
                _isChosen = true;
                return;
            }
        }

        using var workspace = call.Scratch(_algorithm.Workspace);
        launch(_convolution, _algorithm.Number, workspace.Data, _algorithm.Workspace);
    }

    /// <summary>Whether filters lie otherwise than cuDNN has to see them.</summary>
    protected bool TurnsFilters => channelsLast && window.Taps > 1;

    /// <summary>Filters with channels last, in memory of the call; none where they lie well.</summary>
    protected CudaScratch FilterScratch(CudaCall call, (int N, int C, int H, int W) w) =>
        call.Scratch(TurnsFilters ? (nuint)w.N * (nuint)w.C * (nuint)window.Taps * sizeof(float) : 0);

    /// <summary>Turns filters for cuDNN.</summary>
    protected float* Turn(CudaCall call, (int N, int C, int H, int W) w, float* filters, CudaScratch scratch)
    {
        if (!TurnsFilters)
        {
            return filters;
        }

        CompiledTranspose.Compute(call.Stream, filters, (float*)scratch.Data, w.N, w.C, window.Taps);
        return (float*)scratch.Data;
    }

    private IReadOnlyList<Cudnn.Algorithm> Candidates(nint handle)
    {
        if (!deterministic)
        {
            try
            {
                return Usable(Algorithms(handle, _convolution, measured: true), deterministic);
            }
            catch (InvalidOperationException)
            {
                // To measure takes memory for all tensors once more, which may not be there.
            }
        }

        return Usable(Algorithms(handle, _convolution, measured: false), deterministic);
    }

    // A choice may turn out not to be there for these shapes, or to want too much memory: then the next is taken.
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
        using var workspace = call.Scratch(algorithm.Workspace);
        launch(_convolution, algorithm.Number, workspace.Data, algorithm.Workspace);
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
