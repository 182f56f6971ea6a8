using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Jem.Imaging.Files;

/// <summary>A file as memory: the system reads what is looked at and forgets it when memory is short.</summary>
public sealed unsafe class MappedPixels
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    public MappedPixels(string path)
    {
        // Another run may replace or remove the file meanwhile: what is mapped stays.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    // Sets are not disposed, and images that they handed out may still be in use: the last of them frees the file.
    ~MappedPixels() => _view?.SafeMemoryMappedViewHandle.ReleasePointer();

    public ReadOnlyMemory<byte> Part(long offset, int length) => new Bytes(this, offset, length).Memory;

    private sealed class Bytes(MappedPixels owner, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(owner._start + offset, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(owner._start + offset + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
