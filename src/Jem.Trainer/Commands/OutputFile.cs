using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary>A file that a command writes where a person names it. What is there already is replaced only when asked.</summary>
internal static class OutputFile
{
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace the file to write, if it exists." };

    /// <summary>Finds out before the work, not after, whether the file can be written.</summary>
    /// <param name="flag">The flag that names the file, for messages.</param>
    /// <param name="ending">Of the files that the command writes, such as <c>.json</c>: no other is replaced. None of a run is in any case.</param>
    /// <exception cref="UsageException">It is there already and not to be replaced, or it has no folder.</exception>
    public static void Check(string flag, string path, bool overwrite, string ending = "")
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{flag} {path} is a folder; expected a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new UsageException($"{flag} {path}: there is no folder to write it into.");
        }

        if (File.Exists(path) && overwrite && !path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{flag} {path} is there and no {ending} file: it is not replaced, even with --overwrite. Name another file.");
        }

        if (RunFolder.OwnerOf(path) is { } run)
        {
            throw new UsageException($"{flag} {path} is a file of the run {run}, which would be broken without it. Name another file.");
        }

        if (File.Exists(path) && !overwrite)
        {
            throw new UsageException($"{flag} {path} is there already. Name another file, or add --overwrite to replace it.");
        }
    }
}
