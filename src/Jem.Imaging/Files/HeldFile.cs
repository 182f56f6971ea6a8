namespace Jem.Imaging.Files;

/// <summary>A file that is open to one writer at a time.</summary>
internal static class HeldFile
{
    // Others take the name away a few times at the most; a file system that shows no change of a file must not hold anybody up.
    private const int MostAttempts = 1000;

    /// <summary>Opens a file, which is made if it is not there, and has it to itself until the stream is disposed.</summary>
    /// <param name="path">The file; its folder must be there. What it holds stays.</param>
    /// <exception cref="IOException">Somebody else holds it (see <see cref="Disk.IsInUse"/>), or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FileStream Open(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            // On Windows only what shares its removal can be renamed or removed while it is held.
            var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
            try
            {
                if (OperatingSystem.IsWindows() || attempt == MostAttempts || IsAt(path, file))
                {
                    return file;
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }
    }

    // POSIX opens first and locks then. In between the last holder may have removed or renamed the file, and another have made a new one:
    // what is locked has the name only if the name is seen to change with it. Its content, which may be somebody's, stays as it is.
    private static bool IsAt(string path, FileStream file)
    {
        // The time of a link is not that of what it leads to, and nobody renames what they open through one.
        if (FileStatus.IsLink(path))
        {
            return true;
        }

        try
        {
            // Whole hours: some file systems keep no more than every other second.
            var written = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            var mark = DateTime.UnixEpoch.AddHours(Random.Shared.Next(100_000, 300_000));
            File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
            var seen = File.GetLastWriteTimeUtc(path);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, written);
            return seen == mark;
        }
        catch (UnauthorizedAccessException)
        {
            // Only who owns a file may set its time: with the file of another user we have to trust the name.
            return true;
        }
    }
}
