using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>A folder that a command writes files into.</summary>
internal static class OutputFolder
{
    /// <exception cref="UsageException">The folder has something in it, and it was not said to overwrite.</exception>
    public static void Prepare(string folder, bool overwrite)
    {
        Check(folder, overwrite);
        Directory.CreateDirectory(folder);
    }

    /// <summary>The same, without making the folder.</summary>
    /// <inheritdoc cref="Prepare"/>
    public static void Check(string folder, bool overwrite)
    {
        if (File.Exists(folder))
        {
            throw new UsageException($"--out {folder} is a file; expected a folder.");
        }

        if (!overwrite && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new UsageException($"--out {folder} exists and is not empty. Choose another folder, or add --overwrite.");
        }
    }

    /// <inheritdoc cref="Prepare"/>
    /// <param name="flag">The flag that names the folder, for messages.</param>
    public static void PrepareNew(string flag, string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new UsageException($"{flag} {folder} exists and is not empty. Choose another folder.");
        }

        Directory.CreateDirectory(folder);
    }
}
