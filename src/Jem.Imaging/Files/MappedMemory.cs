using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Jem.Imaging.Files;

/// <summary>
/// A file as read-only memory of numbers: the system reads what is looked at and forgets it when memory is short. Whoever
/// replaces or removes the file meanwhile does not change what is mapped. It may be left to the garbage collector: the last
/// part that is in use keeps it mapped.
/// </summary>
/// <remarks>
/// A <see cref="ReadOnlySpan{T}"/> of a part keeps nothing. Whoever works with one holds the part, or this object, until the work
/// is done, and disposes nothing meanwhile: to read through the span afterwards is an access violation, which ends the process.
/// </remarks>
/// <typeparam name="T">The numbers, in the byte order of this machine.</typeparam>
public sealed unsafe class MappedMemory<T> : IDisposable
    where T : unmanaged
{
    // A Memory<T> counts by 32 bits. Each segment begins 2³⁰ numbers behind the one before and reaches as far as it can,
    // so that a part of up to 2³⁰ numbers lies in the segment it begins in, and handing it out allocates nothing.
    private const int SegmentBits = 30;

    private readonly MemoryMappedViewAccessor? _view;
    private readonly T* _start;
    private readonly Segment[] _segments;
    private bool _disposed;

    /// <param name="file">The file to map; it may be closed afterwards.</param>
    /// <param name="offset">Where the numbers begin, in bytes; a multiple of their size.</param>
    public MappedMemory(FileStream file, long offset = 0)
    {
        Length = Math.Max(0, file.Length - offset) / sizeof(T);
        if (Length > 0)
        {
            using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = (T*)(start + _view.PointerOffset + offset);
        }

        _segments = new Segment[((Length - 1) >> SegmentBits) + 1];
        for (var i = 0; i < _segments.Length; i++)
        {
            var first = (long)i << SegmentBits;
            _segments[i] = new Segment(this, first, (int)Math.Min(int.MaxValue, Length - first));
        }
    }

    /// <summary>Lets go of the file when nothing refers to it any more.</summary>
    ~MappedMemory() => Release();

    /// <summary>How many numbers there are.</summary>
    public long Length { get; }

    /// <summary>Some of the numbers.</summary>
    /// <param name="first">Counted from 0.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many numbers.</exception>
    public ReadOnlyMemory<T> Slice(long first, int count)
    {
        if (first < 0 || count < 0 || first + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"{count} numbers from {first} on were asked for; the file has {Length}.");
        }

        if (count == 0)
        {
            return default;
        }

        var (segment, at) = (_segments[first >> SegmentBits], (int)(first & ((1L << SegmentBits) - 1)));
        return at + (long)count <= segment.Count ? segment.Memory.Slice(at, count) : new Segment(this, first, count).Memory;
    }

    /// <summary>
    /// Lets go of the file. Whoever asks a part of it for its span then gets <see cref="ObjectDisposedException"/>; no span that was
    /// taken before may still be in use.
    /// </summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (!_disposed && _view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.SafeMemoryMappedViewHandle.Dispose();
        }

        _disposed = true;
    }

    private sealed class Segment(MappedMemory<T> owner, long first, int count) : MemoryManager<T>
    {
        public int Count => count;

        public override Memory<T> Memory => CreateMemory(count);

        public override Span<T> GetSpan()
        {
            ObjectDisposedException.ThrowIf(owner._disposed, owner);
            return new Span<T>(owner._start + first, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(owner._disposed, owner);
            return new MemoryHandle(owner._start + first + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
