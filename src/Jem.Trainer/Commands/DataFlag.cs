using System.CommandLine;
using Jem.Graphs.Naming;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;

namespace Jem.Trainer.Commands;

/// <summary>The flag that names the images.</summary>
/// <param name="kinds">The kinds of data that there are.</param>
internal sealed class DataFlag(Catalog<DataKind> kinds)
{
    /// <summary>Every way to name images, for help.</summary>
    public string Kinds => string.Join(", ", kinds.All.Select(kind => kind.Usage));

    public Option<string?> Create(bool required = false) => new("--data")
    {
        Description = $"The images: {Kinds}.",
        Required = required,
        HelpName = "SPEC",
    };

    public static Option<bool> Strict() => new("--strict")
    {
        Description = "Stop at an image that cannot be read. Otherwise up to 5 % of the images may be bad: they are left out and listed.",
    };

    /// <inheritdoc cref="Open(string, DataSplit, DataOpening, bool)"/>
    /// <param name="shortSide">To how many pixels larger photographs are reduced; 0 keeps them.</param>
    public IImageSet Open(string text, DataSplit split, int shortSide = 0) => Open(text, split, new DataOpening { ShortSide = shortSide });

    /// <summary>Opens images; says on the console what takes long and what was left out.</summary>
    /// <param name="quiet">Whether to keep silent about what takes long. What was left out is said nevertheless.</param>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    public IImageSet Open(string text, DataSplit split, DataOpening opening, bool quiet = false)
    {
        var (spec, loud) = (Parse(text), opening with { Warn = opening.Warn ?? Warn });
        return quiet
            ? DataSets.Open(spec, split, loud)
            : StatusLine.Run(status => DataSets.Open(spec, split, loud with { Status = status }));
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

    /// <summary>Says what a person should know although the images could be opened.</summary>
    public static void Warn(string text) => Console.Error.WriteLine($"jem: {text}");
}
