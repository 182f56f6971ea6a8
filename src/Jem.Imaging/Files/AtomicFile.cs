using System.Text;

namespace Jem.Imaging.Files;

/// <summary>
/// A file that is there whole or not at all, whenever the machine stops: it is written under another name, and
/// <see cref="Commit"/> forces it to the disk and gives it its own. Disposing it before that removes it, and what had the
/// name before still has it. While it is written nobody else can write it: opening it a second time is an <see cref="IOException"/>.
/// A link stays one: what it leads to is replaced.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    /// <summary>The ending of a file that is being written.</summary>
    public const string Partial = ".partial";

    private readonly string _partial;
    private bool _committed;

    /// <param name="path">The file's name; its folder must be there.</param>
    /// <param name="partial">Its name until it is whole, in the same folder; null is the name with <see cref="Partial"/> behind it.</param>
    /// <exception cref="IOException">The file cannot be made, is a device, or is being written by somebody else.</exception>
    public AtomicFile(string path, string? partial = null)
    {
        // Of a bare name .NET resolves the link against the root instead of the current folder.
        Path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(System.IO.Path.GetFullPath(path), returnFinalTarget: true)!.FullName;
        var full = System.IO.Path.GetFullPath(Path);

        // Linux tells what a path leads to; elsewhere the folder of devices does.
        if (FileStatus.Of(full).Kind == FileKind.Other
            || (full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal)))
        {
            throw new IOException($"{path} is a device or a pipe, which a file would replace for everybody. Choose the name of a file.");
        }

        // It is locked until it has its name.
        _partial = partial ?? Path + Partial;
        Stream = HeldFile.Open(_partial);
        try
        {
            // What a writer that was killed has left.
            if (Stream.Length > 0)
            {
                Stream.SetLength(0);
            }
        }
        catch
        {
            Stream.Dispose();
            throw;
        }
    }

    /// <summary>The file's name; of a link, what it leads to.</summary>
    public string Path { get; }

    /// <summary>What is to be the file's content.</summary>
    public FileStream Stream { get; }

    /// <summary>Forces the content to the disk, gives the file its name, and forces that to the disk.</summary>
    /// <exception cref="IOException">What had the name before still has it.</exception>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        GiveName();
    }

    /// <summary>Gives the file, which is on the disk, its name.</summary>
    internal void GiveName()
    {
        File.Move(_partial, Path, overwrite: true);
        _committed = true;

        // The lock ends last: who opened the file under its other name meanwhile finds it locked.
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        Stream.Dispose();
    }

    /// <summary>Closes the file; without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose()
    {
        if (_committed)
        {
            Stream.Dispose();
            return;
        }

        // Removed before the lock ends: afterwards the name may be another writer's.
        Quietly(() => File.Delete(_partial));
        Quietly(Stream.Dispose);
    }

    /// <summary>Writes a file at once.</summary>
    /// <param name="path">The file's name; its folder must be there.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">Nothing was written, and what had the name before still has it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new AtomicFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="content">The bytes.</param>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(content);
        file.Commit();
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="text">Written as UTF-8.</param>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    // The error that led here is the one to tell of.
    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
