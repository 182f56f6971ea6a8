namespace Jem.Trainer.State;

/// <summary>What a disk can do.</summary>
public static class Disk
{
    /// <summary>Whether something could not be written for want of room: the disk, a quota, or the largest file that is allowed.</summary>
    public static bool IsFull(IOException error)
    {
        const int OutOfSpace = 28, Quota = 122, FileTooLarge = 27;
        const int WindowsDiskFull = 0x70, WindowsHandleDiskFull = 0x27;
        return OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is WindowsDiskFull or WindowsHandleDiskFull
            : error.HResult is OutOfSpace or Quota or FileTooLarge;
    }

    /// <summary>Free bytes where a path lies; null if the system does not say.</summary>
    public static long? Free(string path)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
