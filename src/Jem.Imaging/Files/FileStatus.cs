using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Jem.Imaging.Files;

/// <summary>What a path leads to.</summary>
public enum FileKind
{
    /// <summary>Nothing: there is no such file, or a link leads nowhere.</summary>
    None,

    /// <summary>It cannot be told, because a folder on the way may not be searched.</summary>
    Denied,

    /// <summary>A file that can be read from its beginning to its end.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, a socket or a device: reading one may never end.</summary>
    Other,
}

/// <summary>
/// What the system knows of a file without reading it. Equal ones, of the same path, mean the same content, where
/// <paramref name="Changed"/> is known.
/// </summary>
/// <param name="Kind">What it is; of a link, what it leads to.</param>
/// <param name="Length">In bytes; 0 for what is no file.</param>
/// <param name="Written">When its content was last written, in nanoseconds since 1970, as programs may set it: <c>cp -p</c> does.</param>
/// <param name="Changed">When content or attributes last changed by the system's own record, which no program sets; 0 but on Linux.</param>
public readonly partial record struct FileStatus(FileKind Kind, long Length, long Written, long Changed)
{
    /// <summary>What a path leads to, through all links.</summary>
    public static FileStatus Of(string path) => OperatingSystem.IsLinux() && ByStatx(path) is { } status ? status : Portable(path);

    /// <summary>Whether there is a link of this name, wherever it leads.</summary>
    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static FileStatus Portable(string path)
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return target is FileInfo { Exists: true } found
            ? new FileStatus(FileKind.File, found.Length, 100 * (found.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks, 0)
            : new FileStatus(Directory.Exists(path) ? FileKind.Folder : FileKind.None, 0, 0, 0);
    }

    /// <summary>Null where the system does not answer.</summary>
    [SupportedOSPlatform("linux")]
    private static FileStatus? ByStatx(string path)
    {
        const int WorkingFolder = -100;
        const uint Type = 0x1, Modified = 0x40, Changed = 0x80, Size = 0x200;
        const int NoEntry = 2, NoFolder = 20, Loop = 40, NameTooLong = 36, NoAccess = 13;
        if (Statx(WorkingFolder, path, 0, Type | Modified | Changed | Size, out var found) == 0)
        {
            const int Mask = 0xF000, Regular = 0x8000, Folder = 0x4000;
            var kind = (found.Mode & Mask) switch { Regular => FileKind.File, Folder => FileKind.Folder, _ => FileKind.Other };
            return new FileStatus(kind, kind == FileKind.File ? found.Size : 0, found.Modified.Nanoseconds, found.Changed.Nanoseconds);
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NoEntry or NoFolder or Loop or NameTooLong => default(FileStatus),
            NoAccess => new FileStatus(FileKind.Denied, 0, 0, 0),
            _ => null,
        };
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxResult result);

    /// <summary>The part of the kernel's struct statx that is asked for; it is the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxResult
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public long Size;

        [FieldOffset(96)]
        public StatxTime Changed;

        [FieldOffset(112)]
        public StatxTime Modified;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct StatxTime
    {
        [FieldOffset(0)]
        public long Seconds;

        [FieldOffset(8)]
        public uint Fraction;

        public readonly long Nanoseconds => (1_000_000_000 * Seconds) + Fraction;
    }
}
