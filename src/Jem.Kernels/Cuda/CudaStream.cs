using Jem.Kernels.Cuda.Native;

namespace Jem.Kernels.Cuda;

/// <summary>
/// A queue of work for the first GPU, whose entries run one after the other. Calls return at once; what is queued is done when somebody waits
/// for it. It does not wait for work of other streams.
/// </summary>
public sealed class CudaStream : IDisposable
{
    /// <exception cref="DllNotFoundException">There is no CUDA.</exception>
    /// <exception cref="InvalidOperationException">CUDA says why it cannot be made.</exception>
    public CudaStream() => Handle = CudaRuntime.NewStream();

    /// <summary>CUDA's own, such as ONNX Runtime takes it.</summary>
    public nint Handle { get; }

    /// <summary>Queues a copy. The bytes must stay as they are until it is done.</summary>
    public void Copy(CudaMemory from, CudaMemory to, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Math.Min(from.Bytes, to.Bytes));
        CudaRuntime.Copy(to.Pointer, from.Pointer, bytes, Handle);
    }

    /// <summary>Queues a mark: the event happens when all that was queued before is done.</summary>
    public void Record(CudaEvent mark) => CudaRuntime.Record(mark.Handle, Handle);

    /// <summary>Queues a wait: what is queued from now on runs after the event as it was recorded last.</summary>
    public void WaitFor(CudaEvent mark) => CudaRuntime.Wait(Handle, mark.Handle);

    /// <summary>Waits until all that was queued is done.</summary>
    /// <exception cref="InvalidOperationException">Something of it failed.</exception>
    public void Synchronize() => CudaRuntime.Synchronize(Handle);

    /// <inheritdoc/>
    public void Dispose() => CudaRuntime.DeleteStream(Handle);
}

/// <summary>A mark in a <see cref="CudaStream"/>.</summary>
public sealed class CudaEvent : IDisposable
{
    internal nint Handle { get; } = CudaRuntime.NewEvent();

    /// <summary>Waits until it has happened as it was recorded last; it returns at once if it never was.</summary>
    /// <exception cref="InvalidOperationException">Something before it failed.</exception>
    public void Synchronize() => CudaRuntime.SynchronizeEvent(Handle);

    /// <inheritdoc/>
    public void Dispose() => CudaRuntime.DeleteEvent(Handle);
}
