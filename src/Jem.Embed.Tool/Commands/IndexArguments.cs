using System.CommandLine;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>The index that a command line names, and its encoder.</summary>
internal static class IndexArguments
{
    public static Option<string?> Root() => new("--root")
    {
        Description = "The folder that was indexed, if it is elsewhere now.",
        HelpName = "DIR",
    };

    /// <param name="root">Where the pictures are, if a person says so.</param>
    /// <exception cref="EmbedUsageException">There is no such folder, or it is no index.</exception>
    /// <exception cref="JemException">The index is damaged.</exception>
    public static VectorIndex Open(string folder, string? root)
    {
        if (root is not null && !Directory.Exists(root))
        {
            throw new EmbedUsageException($"There is no folder {root}.");
        }

        try
        {
            return VectorIndex.Open(folder, root);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new EmbedUsageException(error.Message);
        }
    }

    /// <summary>The encoder that made the index, for one image at a time: the copy in its folder.</summary>
    /// <param name="cuda">How it runs on a GPU; null runs it on the processor.</param>
    /// <param name="model">Where it is, if a person named it.</param>
    /// <exception cref="EmbedUsageException">There is no such model.</exception>
    /// <exception cref="JemException">The index has lost its copy, or the encoder is another.</exception>
    public static Encoder OpenEncoder(VectorIndex index, CudaOptions? cuda, string? model = null)
    {
        var path = model is null ? Path.Combine(index.Folder!, IndexWriter.EncoderFile) : EncoderArguments.Existing(model);
        if (!File.Exists(path))
        {
            throw new JemException($"The index {index.Folder} has lost {IndexWriter.EncoderFile}. Put a copy of its encoder there, or make the index again.");
        }

        var encoder = new Encoder(path, new EncoderOptions { BatchSize = 1, Cuda = cuda });
        try
        {
            index.CheckEncoder(encoder);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>A line if pictures of the index are not where they should be.</summary>
    public static string? Missing(IEnumerable<Neighbour> found)
    {
        var (all, missing) = (0, new List<string>());
        foreach (var neighbour in found)
        {
            all++;
            if (!File.Exists(neighbour.Path))
            {
                missing.Add(neighbour.Path);
            }
        }

        return missing is [var first, ..]
            ? $"{missing.Count} of the {all} pictures found are not there, such as {first}. If they were moved, name the folder that was indexed by --root."
            : null;
    }
}
