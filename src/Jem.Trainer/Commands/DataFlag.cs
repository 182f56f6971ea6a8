using System.CommandLine;
using Jem.Graphs.Naming;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;

namespace Jem.Trainer.Commands;

/// <summary>The flag that names the images.</summary>
/// <param name="kinds">The kinds of data that there are.</param>
internal sealed class DataFlag(Catalog<DataKind> kinds)
{
    /// <param name="description">Which images, in a sentence.</param>
    public static Option<string?> Create(string description, bool required = false) => new("--data")
    {
        Description = description,
        Required = required,
        HelpName = "SPEC",
    };

    public static Option<bool> Strict() => new("--strict")
    {
        Description = "Stop at the first image that cannot be read. Without this flag such images are left out and listed, if they are at most 5 % of all.",
    };

    /// <summary>Opens images; says what takes long, unless it is to be quiet, and what was left out.</summary>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    public IImageSet Open(string text, DataSplit split, DataOpening opening, Output output)
    {
        var spec = Parse(text);
        return StatusLine.Run(status => DataSets.Open(spec, split, opening with { Status = status, Warn = output.Warn }), output);
    }

    /// <summary>Refuses a file in a folder of images: it would replace one of them, or become one.</summary>
    /// <param name="flag">The flag that names the file, for messages.</param>
    /// <exception cref="UsageException">It lies in such a folder, or the specification names no data set.</exception>
    public void RequireOutside(string text, string flag, string path)
    {
        var spec = Parse(text);
        var full = Path.GetFullPath(path);
        var folder = spec.Parts.Select(part => part.Spec).Prepend(spec).Select(part => part.Argument).FirstOrDefault(argument =>
            Directory.Exists(argument) && full.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(argument)) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal));
        if (folder is not null)
        {
            throw new UsageException($"{flag} {path} lies in {folder}, among the images: it would be one of them. Name a file elsewhere.");
        }
    }

    /// <summary>What a specification names.</summary>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    public DataSpec Parse(string text)
    {
        try
        {
            return DataSpec.Parse(text, kinds);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
