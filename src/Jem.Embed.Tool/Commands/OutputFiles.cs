using System.CommandLine;
using Jem.Imaging.Files;

namespace Jem.Embed.Tool.Commands;

/// <summary>The files that a verb writes: what is there is replaced only when a person asks for it.</summary>
internal static class OutputFiles
{
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace what is at --out." };

    /// <param name="ending">Of the files that the verb writes, such as <c>.html</c>: no other is replaced, whatever a person asks.</param>
    /// <exception cref="EmbedUsageException">One of the files is there and may not be replaced.</exception>
    public static void Check(IEnumerable<string> files, bool overwrite, string ending = "")
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file))
            {
                throw new EmbedUsageException($"{file} is a folder; expected a file to write. Choose another --out.");
            }

            if (File.Exists(file) && !file.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                throw new EmbedUsageException($"{file} is there and no {ending} file: it is not replaced, even with --overwrite. Choose another --out.");
            }

            if (!overwrite && (Path.Exists(file) || new FileInfo(file).LinkTarget is not null))
            {
                throw new EmbedUsageException($"{file} exists. Choose another --out, or replace it with --overwrite.");
            }
        }
    }

    /// <summary>Opens what writes the files, which has them to itself from then on. Their folder is made if it is not there.</summary>
    /// <exception cref="EmbedUsageException">One of them is there and may not be replaced, or is being written by somebody else.</exception>
    public static T Open<T>(IReadOnlyList<string> files, bool overwrite, Func<T> open)
        where T : IDisposable
    {
        T writer;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(files[0]))!);
            writer = open();
        }
        catch (IOException error) when (Disk.IsInUse(error))
        {
            throw new EmbedUsageException($"{files[0]} is being written by somebody else at this moment. Choose another --out.");
        }

        try
        {
            // Again: somebody else may just have finished.
            Check(files, overwrite);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
