using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Imaging.Files;

namespace Jem.Trainer.State;

/// <summary>
/// What a run is after a step: everything that changes while it goes on. Schedules, the order of the images and their views are
/// functions of the step and the configuration. One safetensors file, whose metadata hold the rest and a checksum over all of it.
/// </summary>
/// <param name="Step">Steps done; also the number of the next one.</param>
/// <param name="Configuration">What determines every byte of the run, to tell runs apart.</param>
/// <param name="Tensors">Every parameter and state.</param>
public sealed record Checkpoint(long Step, JsonObject Configuration, KnnRecord Knn, IReadOnlyList<NamedTensor> Tensors)
{
    private const string Format = "1";
    private const string FormatKey = "jem.checkpoint", StepKey = "jem.step";
    private const string ConfigurationKey = "jem.configuration", KnnKey = "jem.knn", ChecksumKey = "jem.sha256";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full, say.</exception>
    public void Write(string path)
    {
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [StepKey] = Step.ToString(CultureInfo.InvariantCulture),
            [ConfigurationKey] = Configuration.ToJsonString(),
            [KnnKey] = JsonSerializer.Serialize(Knn, s_json),
        };
        metadata[ChecksumKey] = Checksum(metadata, Tensors);
        AtomicFile.Write(path, file => Safetensors.Write(file, Tensors, metadata));
    }

    /// <exception cref="InvalidDataException">The file is cut short, altered, of a later format, or no checkpoint; the message says which.</exception>
    public static Checkpoint Read(string path)
    {
        string? format = null;
        try
        {
            using var file = File.OpenRead(path);
            var tensors = Safetensors.Read(file, out var metadata);
            format = metadata.GetValueOrDefault(FormatKey);
            if (format is not Format)
            {
                throw new InvalidDataException($"its format is '{format ?? "none"}', expected '{Format}'; it is no "
                    + "checkpoint of this version of jem.");
            }

            if (file.Position != file.Length)
            {
                throw new InvalidDataException($"{file.Length - file.Position} bytes follow its end.");
            }

            var (expected, got) = (metadata.GetValueOrDefault(ChecksumKey), Checksum(metadata, tensors));
            return got == expected
                ? new Checkpoint(
                    long.Parse(metadata[StepKey], CultureInfo.InvariantCulture),
                    JsonNode.Parse(metadata[ConfigurationKey])!.AsObject(),
                    JsonSerializer.Deserialize<KnnRecord>(metadata[KnnKey], s_json)!,
                    tensors)
                : throw new InvalidDataException($"it was altered: its SHA-256 is {got[..12]}…, expected {expected?[..12]}….");
        }
        catch (InvalidDataException error) when (IsLater(format))
        {
            throw new InvalidDataException(
                $"The checkpoint {path} is of format {format}; this version of jem reads format {Format}. Go on with the run by the version of jem that "
                    + "wrote it.", error);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"The checkpoint {path} is broken: {error.Message} Delete it to use the one before.", error);
        }
    }

    // What a later version wrote is whole: nobody is to delete it.
    private static bool IsLater(string? format) =>
        int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > int.Parse(Format, CultureInfo.InvariantCulture);

    // Of everything but the checksum itself: a step that was altered counts as much as a weight.
    private static string Checksum(IReadOnlyDictionary<string, string> metadata, IEnumerable<NamedTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        foreach (var (key, value) in metadata.Where(pair => pair.Key != ChecksumKey).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}\n{value}\n"));
        }

        foreach (var tensor in tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\n{tensor.Type}[{string.Join(',', tensor.Shape)}]\n"));
            BinaryPrimitives.WriteInt64LittleEndian(length, tensor.Data.LongLength);
            hash.AppendData(length);
            hash.AppendData(tensor.Data);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
