using Jem.Imaging.Files;
using Microsoft.Win32.SafeHandles;

namespace Jem.Trainer.Data.Cache;

/// <summary>
/// Fills a cache under a temporary name; only a whole one gets its own name. Pixels may be appended by many threads.
/// </summary>
internal sealed class CacheWriter : IDisposable
{
    private readonly AtomicFile _file;
    private readonly SafeFileHandle _handle;
    private readonly long _room;
    private long _end;

    /// <param name="room">Bytes of pixels that may be written.</param>
    public CacheWriter(string path, long room)
    {
        // Several runs may fill a cache of the same name at once. By the lock CacheFolder tells a living writer's from a dead one's.
        (_room, _file) = (room, new AtomicFile(path, $"{path}.{Guid.NewGuid():N}{AtomicFile.Partial}"));
        _handle = _file.Stream.SafeFileHandle;
    }

    /// <summary>Why writing failed, if it did; then nothing is kept.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Keeps an image's pixels if there is room.</summary>
    /// <returns>Where they are, or −1.</returns>
    public long Append(ReadOnlySpan<byte> pixels)
    {
        if (Error is not null || Volatile.Read(ref _end) + pixels.Length > _room)
        {
            return -1;
        }

        // Threads may exceed the room by an image each; what matters is that the disk is not filled.
        var offset = Interlocked.Add(ref _end, pixels.Length) - pixels.Length;
        try
        {
            // Written rather than mapped: a full disk is then an error and not the end of the process.
            RandomAccess.Write(_handle, pixels, offset);
            return offset;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Error = error;
            return -1;
        }
    }

    /// <summary>Gives the cache its name, on the disk and complete; false and <see cref="Error"/> where that is not possible.</summary>
    public bool Commit(IReadOnlyList<CachedImage> images)
    {
        if (Error is not null)
        {
            return false;
        }

        try
        {
            RandomAccess.Write(_handle, CacheFile.Tail(_end, _room, images), _end);
            _file.Commit();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Error = error;
            return false;
        }
    }

    public void Dispose() => _file.Dispose();
}
