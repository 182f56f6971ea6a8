using System.Text.Json;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Shared;

namespace Jem.Embed.Index;

/// <summary>What <c>index.json</c> says about an index.</summary>
/// <param name="Format">1.</param>
/// <param name="EncoderSha256">The hash of the encoder file that made the vectors.</param>
/// <param name="EncoderPath">Where that file was, for a person to find it; the name it was given where it came from no file.</param>
/// <param name="Root">The folder in which the names are paths.</param>
public sealed record IndexManifest(int Format, int Count, int Dimension, string EncoderSha256, string EncoderPath, string Root)
{
    public const string FileName = "index.json";

    /// <summary>
    /// The same folder, as a path from that of the index: it holds when both are moved together. Null where there is none, as on another drive.
    /// </summary>
    public string? RootFromIndex { get; init; }

    /// <summary>Tells apart indexes that are otherwise described alike; empty in those of older versions.</summary>
    public string Id { get; init; } = "";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes it into a folder, whole or not at all.</summary>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, s_json));

    /// <summary>Whether a folder is an index: it holds a manifest that can be read.</summary>
    public static bool IsIn(string folder)
    {
        try
        {
            return Read(folder) is not null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JemException)
        {
            return false;
        }
    }

    /// <summary>Reads the manifest of an index.</summary>
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
            throw new JemException($"{path} is damaged: {JsonFault.Of(error)}. Make the index again.", error);
        }
    }
}
