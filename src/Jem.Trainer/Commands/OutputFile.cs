using System.CommandLine;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>A file that a command writes where a person names it. What is there already is replaced only when asked.</summary>
internal static class OutputFile
{
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace the file to write, if it exists." };

    /// <summary>Finds out before the work, not after, whether the file can be written.</summary>
    /// <param name="flag">The flag that names the file, for messages.</param>
    /// <exception cref="UsageException">It is there already and not to be replaced, or it has no folder.</exception>
    public static void Check(string flag, string path, bool overwrite)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{flag} {path} is a folder; expected a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new UsageException($"{flag} {path}: there is no folder to write it into.");
        }

        if (File.Exists(path) && !overwrite)
        {
            throw new UsageException($"{flag} {path} is there already. Name another file, or add --overwrite to replace it.");
        }
    }
}
