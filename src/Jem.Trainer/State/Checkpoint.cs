using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;

namespace Jem.Trainer.State;

/// <summary>What a run is after a step: everything that changes while it goes on.</summary>
/// <param name="Step">Steps done; also the number of the next one, which with the seed determines its images and views.</param>
/// <param name="Tensors">Every parameter and state.</param>
public sealed record Checkpoint(long Step, long StepsPerEpoch, ulong Seed, IReadOnlyList<NamedTensor> Tensors)
{
    private const string TensorsFile = "state.safetensors";
    private const string DescriptionFile = "checkpoint.json";
    private const string Prefix = "step-";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Writes <c>folder/step-XXXXXXXX/</c>: first under another name, so that what has the name is whole.</summary>
    public string Save(string folder)
    {
        var target = Path.Combine(folder, $"{Prefix}{Step:D8}");
        var partial = $"{target}.partial";
        DeleteIfThere(partial);
        Directory.CreateDirectory(partial);
        Write(Path.Combine(partial, TensorsFile), file => Safetensors.Write(file, Tensors));
        var description = new JsonObject { ["step"] = Step, ["steps_per_epoch"] = StepsPerEpoch, ["seed"] = Seed };
        Write(Path.Combine(partial, DescriptionFile), file => JsonSerializer.Serialize(file, description, s_indented));
        DeleteIfThere(target);
        Directory.Move(partial, target);
        return target;
    }

    /// <summary>Keeps the newest checkpoints of a folder and deletes the others.</summary>
    public static void Prune(string folder, int keep)
    {
        foreach (var old in Folders(folder).SkipLast(keep))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>The newest checkpoint of a folder; null if there is none.</summary>
    /// <exception cref="InvalidDataException">Its files are broken.</exception>
    public static Checkpoint? Latest(string folder) => Folders(folder).LastOrDefault() is { } newest ? Load(newest) : null;

    private static Checkpoint Load(string folder)
    {
        try
        {
            var description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, DescriptionFile)))!;
            using var file = File.OpenRead(Path.Combine(folder, TensorsFile));
            return new Checkpoint((long)description["step"]!, (long)description["steps_per_epoch"]!, (ulong)description["seed"]!, Safetensors.Read(file));
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or NullReferenceException or FileNotFoundException)
        {
            throw new InvalidDataException($"The checkpoint {folder} is broken: {error.Message} Delete it to use the one before.", error);
        }
    }

    private static IEnumerable<string> Folders(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, $"{Prefix}*").Where(name => StepOf(name) is not null).OrderBy(StepOf)
        : [];

    private static long? StepOf(string folder) =>
        long.TryParse(Path.GetFileName(folder).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;

    // The name must not reach the disk before the content.
    private static void Write(string path, Action<Stream> write)
    {
        using var file = File.Create(path);
        write(file);
        file.Flush(flushToDisk: true);
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
