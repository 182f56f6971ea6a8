using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Jem.Imaging.Files;

/// <summary>A part of a file as read-only memory of floats.</summary>
public sealed unsafe class MappedFloats : MemoryManager<float>
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly float* _start;
    private readonly int _count;
    private bool _disposed;

    public MappedFloats(string path, long offset, int count)
    {
        _count = count;
        if (count == 0)
        {
            return;
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, offset + ((long)count * sizeof(float)), MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = (float*)(start + _view.PointerOffset + offset);
    }

    public override Span<float> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Span<float>(_start, _count);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing && _view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
        }

        _disposed = true;
    }
}
