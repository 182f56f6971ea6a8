using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>The index that a command line names, and its encoder.</summary>
internal static class IndexArguments
{
    /// <exception cref="EmbedUsageException">There is no such folder, or it is no index.</exception>
    /// <exception cref="JemException">The index is damaged.</exception>
    public static VectorIndex Open(string folder)
    {
        try
        {
            return VectorIndex.Open(folder);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new EmbedUsageException(error.Message);
        }
    }

    /// <summary>The encoder that made the index, for one image at a time: the copy in its folder.</summary>
    /// <param name="model">Where it is, if a person named it.</param>
    /// <exception cref="EmbedUsageException">There is no such model.</exception>
    /// <exception cref="JemException">The index has lost its copy, or the encoder is another.</exception>
    public static Encoder OpenEncoder(VectorIndex index, string folder, string? model = null)
    {
        var path = model is null ? Path.Combine(folder, IndexWriter.EncoderFile) : EncoderArguments.Existing(model);
        if (!File.Exists(path))
        {
            throw new JemException($"The index {folder} has lost {IndexWriter.EncoderFile}. Put a copy of its encoder there, or make the index again.");
        }

        var encoder = new Encoder(path, new EncoderOptions { BatchSize = 1 });
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
}
