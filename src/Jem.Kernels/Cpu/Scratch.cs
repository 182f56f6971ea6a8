namespace Jem.Kernels.Cpu;

/// <summary>
/// Memory for the duration of a <c>using</c>, kept afterwards for the next kernel: training runs the same kernels each step,
/// and fresh pages would be cleared by the operating system each time. Contents are undefined.
/// </summary>
/// <remarks>
/// A task's memory is its thread's own: nobody waits for a lock, and what the thread wrote last is still in its core's caches. What is larger than
/// those is shared, so that threads do not each keep some.
/// </remarks>
internal readonly unsafe struct Scratch : IDisposable
{
    private const long OwnLimit = 1 << 20; // numbers

    private static readonly ScratchPool s_shared = new();

    [ThreadStatic]
    private static ScratchPool? t_own;

    private readonly ScratchPool.Block _block;

    private Scratch(ScratchPool.Block block) => _block = block;

    /// <summary>The first of the numbers asked for, on a cache line's border.</summary>
    public float* Data => _block.Data;

    /// <summary>Lends at least <paramref name="length"/> numbers; the thread that asks gives them back.</summary>
    public static Scratch Rent(long length)
    {
        if (length <= OwnLimit)
        {
            return new Scratch((t_own ??= new ScratchPool()).Take(length));
        }

        lock (s_shared)
        {
            return new Scratch(s_shared.Take(length));
        }
    }

    public void Dispose()
    {
        if (_block.Length <= OwnLimit)
        {
            t_own!.Give(_block);
            return;
        }

        lock (s_shared)
        {
            s_shared.Give(_block);
        }
    }
}
