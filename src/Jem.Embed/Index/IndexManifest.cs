using System.Text.Json;
using Jem.Imaging;
using Jem.Imaging.Files;

namespace Jem.Embed.Index;

/// <summary>What <c>index.json</c> says about an index.</summary>
/// <param name="Format">1.</param>
/// <param name="EncoderSha256">The hash of the encoder file that made the vectors.</param>
/// <param name="EncoderPath">Where that file was, for a person to find it; the name it was given where it came from no file.</param>
/// <param name="Root">The folder in which the names are paths.</param>
public sealed record IndexManifest(int Format, int Count, int Dimension, string EncoderSha256, string EncoderPath, string Root)
{
    public const string FileName = "index.json";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, s_json));

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder is no index.</exception>
    /// <exception cref="JemException">The manifest is damaged or of another format.</exception>
    public static IndexManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw Directory.Exists(folder)
                ? new FileNotFoundException($"{folder} is no index: it has no {FileName}. Make one with `jem-embed index`.", path)
                : new DirectoryNotFoundException($"There is no index {folder}. Make one with `jem-embed index`.");
        }

        try
        {
            return JsonSerializer.Deserialize<IndexManifest>(File.ReadAllBytes(path), s_json) is { Format: 1, EncoderSha256: not null, Root: not null } manifest
                ? manifest
                : throw new JemException($"{path} is of another format than 1, the one this version reads. Make the index again.");
        }
        catch (JsonException error)
        {
            throw new JemException($"{path} is damaged: {error.Message} Make the index again.", error);
        }
    }
}
