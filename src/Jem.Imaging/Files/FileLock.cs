namespace Jem.Imaging.Files;

/// <summary>
/// A file that one writer at a time holds, so that it has what the file stands for to itself. The system lets go of it when the
/// process ends, however it ends; a file that was left behind so is taken by the next.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private FileLock(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Takes the lock, or is told that somebody else has it.</summary>
    /// <param name="path">The file; its folder must be there. What it holds is replaced.</param>
    /// <returns>Null if another process, or another part of this one, holds it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileLock? TryTake(string path)
    {
        while (true)
        {
            FileStream file;
            try
            {
                // On Windows only what shares its removal can be removed while it is held.
                file = new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (Disk.IsInUse(error))
            {
                return null;
            }

            try
            {
                if (IsAt(path, file))
                {
                    return new FileLock(path, file);
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

    /// <summary>Whether the file goes with the lock; otherwise it stays, for the next holder.</summary>
    public bool Removes { get; set; } = true;

    /// <summary>Removes the file and lets go of it.</summary>
    public void Dispose()
    {
        try
        {
            // Before the lock ends: afterwards the name may be another holder's.
            if (Removes)
            {
                File.Delete(_path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is left: a file that nobody holds is no obstacle.
        }

        _file.Dispose();
    }

    // POSIX opens first and locks then. In between the last holder may have removed the file, and another have made a new one:
    // what is locked is the file that others see only if they see it change. They cannot read it, but they see its length.
    private static bool IsAt(string path, FileStream file)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        var length = Random.Shared.Next(1, 1 << 16);
        file.SetLength(length);
        return new FileInfo(path) is { Exists: true } seen && seen.Length == length;
    }
}
