using Jem.Kernels.Cuda.Native;

namespace Jem.Kernels.Cuda;

/// <summary>A block of memory of the first GPU, or of the computer that a GPU copies from and to by itself (pinned memory).</summary>
public sealed unsafe class CudaMemory : IDisposable
{
    private readonly bool _pinned;

    private CudaMemory(nint pointer, long bytes, bool pinned) => (Pointer, Bytes, _pinned) = (pointer, bytes, pinned);

    /// <summary>Where it begins: a multiple of 256.</summary>
    public nint Pointer { get; }

    /// <summary>How long it is.</summary>
    public long Bytes { get; }

    /// <summary>Memory of the GPU, of any content.</summary>
    /// <exception cref="InvalidOperationException">There is not so much.</exception>
    public static CudaMemory OnDevice(long bytes) => new(CudaRuntime.Allocate(bytes), bytes, pinned: false);

    /// <summary>Pinned memory of the computer, all zero.</summary>
    /// <exception cref="InvalidOperationException">There is not so much.</exception>
    public static CudaMemory Pinned(long bytes)
    {
        var memory = new CudaMemory(CudaRuntime.AllocatePinned(bytes), bytes, pinned: true);
        System.Runtime.InteropServices.NativeMemory.Clear((void*)memory.Pointer, (nuint)bytes);
        return memory;
    }

    /// <summary>A part of pinned memory.</summary>
    /// <exception cref="InvalidOperationException">It is memory of the GPU.</exception>
    public Span<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Bytes);
        return _pinned ? new Span<byte>((byte*)Pointer + offset, length) : throw new InvalidOperationException("The processor cannot read memory of the GPU.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pinned)
        {
            CudaRuntime.FreePinned(Pointer);
        }
        else
        {
            CudaRuntime.Free(Pointer);
        }
    }
}
