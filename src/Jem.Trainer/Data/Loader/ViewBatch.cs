namespace Jem.Trainer.Data.Loader;

/// <summary>One step's inputs, in buffers that go back to the loader when it is disposed. Arrays are pinned in memory.</summary>
public sealed class ViewBatch : IDisposable
{
    private readonly Dictionary<string, byte[]> _inputs;
    private readonly Action<ViewBatch> _release;

    internal ViewBatch(IEnumerable<(string Name, long Length)> inputs, Action<ViewBatch> release)
    {
        _inputs = inputs.ToDictionary(input => input.Name, input => GC.AllocateUninitializedArray<byte>((int)input.Length, pinned: true));
        _release = release;
    }

    /// <summary>The global step, from 0.</summary>
    public long Step { get; internal set; }

    /// <summary>From 0.</summary>
    public long Epoch { get; internal set; }

    public IReadOnlyCollection<string> Inputs => _inputs.Keys;

    /// <summary>The bytes of a batch input, such as <c>views</c> [V·B, C, S, S], view-major: the first view of every image, then the second, …</summary>
    public byte[] this[string input] => _inputs[input];

    internal Exception? Error { get; set; }

    /// <summary>Gives the buffers back; their content must no longer be used.</summary>
    public void Dispose() => _release(this);
}
