using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Runs;

/// <summary>A training program as files in memory, by name: what its manifest names, and the manifest.</summary>
public sealed record ProgramFiles(ProgramManifest Manifest, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>The files of a program that was built here.</summary>
    /// <param name="kinds">The kinds of recipes that it may have; null for those of these libraries.</param>
    public static ProgramFiles Of(IReadOnlyDictionary<string, byte[]> files, ProgramKinds? kinds = null) =>
        new(ProgramManifest.Parse(Encoding.UTF8.GetString(files[ProgramWriter.ManifestFile]), kinds), files);

    /// <summary>Reads a program's folder. Other files in it are left alone.</summary>
    /// <param name="source">What the folder is to a person, for messages.</param>
    /// <param name="mend">What to do if it is broken, for messages.</param>
    /// <param name="kinds">The kinds of recipes that it may have; null for those of these libraries.</param>
    /// <exception cref="InvalidDataException">A file is missing, or the manifest is no program's.</exception>
    public static ProgramFiles Read(string folder, string source, string mend, ProgramKinds? kinds = null)
    {
        var manifest = ReadManifest(folder, source, mend, kinds);
        var files = new Dictionary<string, byte[]>();
        foreach (var name in manifest.Stages.Select(stage => stage.File).Append(manifest.Initial).Append(ProgramWriter.ManifestFile).Distinct())
        {
            var path = Path.Combine(folder, name);
            files[name] = name != Path.GetFileName(name)
                ? throw new InvalidDataException($"{source}: {ProgramWriter.ManifestFile} names the file '{name}'; expected one beside it. {mend}")
                : File.Exists(path)
                ? File.ReadAllBytes(path)
                : throw new InvalidDataException($"{source}: {ProgramWriter.ManifestFile} names the file '{name}', and {path} is not there. {mend}");
        }

        return new ProgramFiles(manifest, files);
    }

    /// <summary>Reads the manifest of a program's folder.</summary>
    /// <inheritdoc cref="Read"/>
    public static ProgramManifest ReadManifest(string folder, string source, string mend, ProgramKinds? kinds = null)
    {
        var path = Path.Combine(folder, ProgramWriter.ManifestFile);
        try
        {
            return File.Exists(path)
                ? ProgramManifest.Parse(File.ReadAllText(path), kinds)
                : throw new InvalidDataException($"{source} has no training program: {path} is not there. {mend}");
        }
        catch (FormatException error)
        {
            // Text that is broken has to be mended; a later format or an unknown kind says itself what to do.
            var broken = error.InnerException is not (null or ArgumentException);
            throw new InvalidDataException($"{source}: {error.Message}{(broken ? $" {mend}" : "")}", error);
        }
    }

    /// <summary>
    /// The names of a program's files by its manifest, which comes last; of whatever format, for deleting them. None of a folder without one.
    /// </summary>
    internal static IReadOnlyList<string> Names(string folder)
    {
        var path = Path.Combine(folder, ProgramWriter.ManifestFile);
        try
        {
            var manifest = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
            var stages = manifest?["stages"] as JsonArray ?? [];
            var names = stages.Select(stage => (string?)stage?["file"]).Append((string?)manifest?["initial"]).Append(ProgramWriter.ManifestFile);
            return manifest is null ? [] : [.. names.OfType<string>().Where(name => name == Path.GetFileName(name))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>SHA-256 over names and bytes of the files.</summary>
    public string Sha256 => Hash(Files);

    internal static string Hash(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{bytes.Length}\n"));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
