namespace Jem.Imaging.Files;

/// <summary>What a disk can do.</summary>
public static class Disk
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
}
