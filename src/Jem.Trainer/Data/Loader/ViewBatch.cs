namespace Jem.Trainer.Data.Loader;

/// <summary>One step's views, in buffers that go back to the loader when it is disposed. Arrays are pinned in memory.</summary>
public sealed class ViewBatch : IDisposable
{
    private readonly Action<ViewBatch> _release;

    internal ViewBatch(int views, int images, Action<ViewBatch> release)
    {
        Views = GC.AllocateUninitializedArray<byte>(views, pinned: true);
        Images = GC.AllocateUninitializedArray<long>(images, pinned: true);
        _release = release;
    }

    /// <summary>The global step, from 0.</summary>
    public long Step { get; internal set; }

    /// <summary>From 0.</summary>
    public long Epoch { get; internal set; }

    /// <summary>[V·B, C, S, S], view-major: the first view of every image, then the second of every image, …</summary>
    public byte[] Views { get; }

    /// <summary>[B]: which image of the set each row of a view shows.</summary>
    public long[] Images { get; }

    internal Exception? Error { get; set; }

    /// <summary>Gives the buffers back; their content must no longer be used.</summary>
    public void Dispose() => _release(this);
}
