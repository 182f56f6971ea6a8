using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Jem.Imaging.Files;

/// <summary>Files that are there whole or not at all, whenever the machine stops.</summary>
public static partial class AtomicFile
{
    /// <summary>The ending of a file that is being written.</summary>
    public const string Partial = ".partial";

    /// <summary>Writes under another name, forces the content to the disk, and only then gives the file its name.</summary>
    /// <exception cref="IOException">Nothing was written, and what had the name before still has it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var partial = path + Partial;
        try
        {
            using (var file = File.Create(partial))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(partial);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string text) => Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    // The error that led here is the one to tell of.
    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
        }
    }

    // A name lies in its folder, which is a file of its own to POSIX. Windows writes names through.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, flags: 0);
        if (descriptor >= 0)
        {
            _ = FSync(descriptor);
            _ = Close(descriptor);
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int descriptor);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
