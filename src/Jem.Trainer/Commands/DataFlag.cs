using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;

namespace Jem.Trainer.Commands;

/// <summary>The flag that names the images.</summary>
internal static class DataFlag
{
    public static Option<string?> Create(bool required = false) => new("--data")
    {
        Description = $"The images: {string.Join(", ", DataKinds.All.Select(kind => kind.Usage))}.",
        Required = required,
        HelpName = "SPEC",
    };

    /// <param name="shortSide">To how many pixels larger photographs are reduced while they are held in memory; 0 keeps them.</param>
    /// <exception cref="UsageException">The specification names no data set.</exception>
    public static IImageSet Open(string text, DataSplit split, int shortSide = 0) =>
        DataSets.Open(Parse(text), split, new DataOpening { ShortSide = shortSide });

    /// <inheritdoc cref="Open"/>
    public static DataSpec Parse(string text)
    {
        try
        {
            return DataSpec.Parse(text);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
