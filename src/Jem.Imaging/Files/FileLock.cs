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
    /// <param name="path">The file; its folder must be there. What it holds stays.</param>
    /// <returns>Null if another process, or another part of this one, holds it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(path, HeldFile.Open(path));
        }
        catch (IOException error) when (Disk.IsInUse(error))
        {
            return null;
        }
    }

    /// <summary>Whether the file goes with the lock; otherwise it stays, for the next holder.</summary>
    public bool Removes { get; set; } = true;

    /// <summary>Lets go of the file, which goes or stays by <see cref="Removes"/>.</summary>
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
}
