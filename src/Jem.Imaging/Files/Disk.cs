using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Jem.Imaging.Files;

/// <summary>What a disk can do.</summary>
public static partial class Disk
{
    /// <summary>Whether something could not be written for want of room, on the disk or within a quota.</summary>
    public static bool IsFull(IOException error)
    {
        const int OutOfSpace = 28, Quota = 122, MacQuota = 69;
        const int WindowsDiskFull = 0x70, WindowsHandleDiskFull = 0x27;
        return OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is WindowsDiskFull or WindowsHandleDiskFull
            : error.HResult == OutOfSpace || error.HResult == (OperatingSystem.IsMacOS() ? MacQuota : Quota);
    }

    /// <summary>Whether a file could not be opened because another process, or another part of this one, keeps it to itself.</summary>
    public static bool IsInUse(IOException error)
    {
        const int WouldBlock = 11, MacWouldBlock = 35;
        const int WindowsSharing = 0x20, WindowsLock = 0x21;
        return OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is WindowsSharing or WindowsLock
            : error.HResult == (OperatingSystem.IsMacOS() ? MacWouldBlock : WouldBlock);
    }

    /// <summary>
    /// Forces the names in a folder to the disk: to POSIX a folder is a file of its own, while Windows writes names through.
    /// A file system that cannot is left to its own.
    /// </summary>
    public static void FlushFolder(string folder)
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
