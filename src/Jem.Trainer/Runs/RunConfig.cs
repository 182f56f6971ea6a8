using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Runs;

/// <summary>What a run was asked to be, and what it was asked of; <c>config.json</c> is its serialisation.</summary>
/// <param name="Method">The method's name, as its program says it.</param>
/// <param name="Data">The data specification, with the whole path; the one given last, if a run was resumed on moved data.</param>
/// <param name="DataProvenance">What the images are, in words.</param>
/// <param name="DataFingerprint">Changes when an image does.</param>
/// <param name="Images">Number of images.</param>
/// <param name="ShortSide">To how many pixels the shorter side of photographs is reduced.</param>
/// <param name="Steps">Of the whole run.</param>
/// <param name="StepsPerEpoch">Whole batches in all images.</param>
/// <param name="Settings">Checks and checkpoints.</param>
/// <param name="Options">The method's resolved options. Their type belongs to the method, and nothing is read from them to train.</param>
/// <param name="ProgramSha256">Over the program's files; see <see cref="ProgramFiles.Sha256"/>.</param>
public sealed record RunConfig(
    string Method,
    string Data,
    string DataProvenance,
    string DataFingerprint,
    int Images,
    int ShortSide,
    long Steps,
    long StepsPerEpoch,
    DeviceOptions Device,
    RunSettings Settings,
    JsonObject Options,
    string ProgramSha256)
{
    /// <summary>The format that is written. One that changes what a reader must know gets the next number; version 0.1 wrote none.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The format that this configuration is written in.</summary>
    [JsonPropertyOrder(-1)]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The folder that the program was taken from; null where jem made it of the options.</summary>
    public string? Program { get; init; }

    /// <summary>The lengths that the run was to have before it was given another, in order; null where it has its first.</summary>
    public IReadOnlyList<EarlierLength>? Earlier { get; init; }

    /// <summary>The options that were chosen for the images and the machine, and why; null where none was.</summary>
    public IReadOnlyList<FittedOption>? Fitted { get; init; }

    /// <summary>What made the run.</summary>
    public RunVersions Versions { get; init; } = new();

    /// <summary>The length of the run by which a step follows its schedules.</summary>
    /// <param name="done">Steps done before it, ≥ 0.</param>
    public long LengthAt(long done) => Earlier?.FirstOrDefault(earlier => done < earlier.Until)?.Steps ?? Steps;

    /// <summary>The same run with another length from a step on. Up to there it was what it was, by the schedules of its length then.</summary>
    /// <param name="done">Steps done before.</param>
    /// <param name="steps">Of the whole run, at least <paramref name="done"/>.</param>
    public RunConfig WithLength(long steps, long done)
    {
        var earlier = (Earlier ?? []).Where(length => length.Until < done).ToList();
        if (done > 0 && LengthAt(done - 1) is var last && last != steps)
        {
            earlier.Add(new EarlierLength(last, done));
        }

        return this with { Steps = steps, Earlier = earlier.Count > 0 ? earlier : null };
    }

    /// <summary>
    /// The part that two runs have in common whose bytes are the same after a step, as checkpoints hold it. Paths may change on
    /// the way, and sums are taken in the same order by any number of threads. Another version may round otherwise: a run that goes on with one says so.
    /// </summary>
    /// <param name="done">Steps done; a length that was given later does not show yet.</param>
    public JsonObject Identity(long done = long.MaxValue)
    {
        var identity = new JsonObject
        {
            ["method"] = Method,
            ["images"] = Images,
            ["data_fingerprint"] = DataFingerprint,
            ["short_side"] = ShortSide,
            ["steps"] = done > 0 ? LengthAt(done - 1) : LengthAt(0),
            ["device"] = Device.Identity(),
            ["options"] = Options.DeepClone(),
            ["program_sha256"] = ProgramSha256,
        };
        if ((Earlier ?? []).Where(length => length.Until < done).ToList() is { Count: > 0 } earlier)
        {
            identity["earlier"] = JsonSerializer.SerializeToNode(earlier, s_json);
        }

        return identity;
    }

    /// <summary>The first place in which two configurations differ, as its dotted name and both values; null if there is none.</summary>
    public static (string Name, string Left, string Right)? Difference(JsonNode? left, JsonNode? right, string name = "")
    {
        if (left is JsonObject a && right is JsonObject b)
        {
            return a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key))
                .Select(key => Difference(a[key], b[key], name.Length == 0 ? key : $"{name}.{key}"))
                .FirstOrDefault(difference => difference is not null);
        }

        return JsonNode.DeepEquals(left, right) ? null : (name, Text(left), Text(right));
    }

    /// <summary>Whether a text is a run's configuration of any version, to go by what jem alone writes.</summary>
    internal static bool IsOne(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject config && new[] { "method", "data_fingerprint", "program_sha256" }.All(config.ContainsKey);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads <c>config.json</c>, also as version 0.1 wrote it.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <exception cref="InvalidDataException">It was changed by hand, or is of a later format; the message names the first key that is wrong.</exception>
    public static RunConfig Parse(string json, string path)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: s_strict) as JsonObject
                ?? throw new InvalidDataException($"{path} is not a run's configuration: it is no JSON object. {RunFolder.Mend}");
            if (node["format"] is JsonValue format && !(format.TryGetValue<int>(out var number) && number == CurrentFormat))
            {
                throw new InvalidDataException(
                    $"{path} is of format {format.ToJsonString()}; this version of jem reads formats up to {CurrentFormat}. Go on with the run by the "
                        + "version of jem that began it.");
            }

            // A run that began before there were Winograd's transforms goes on without them.
            if (node["device"] is JsonObject device && device["device"]?.ToJsonString() == "\"cpu\"" && !device.ContainsKey("convolution"))
            {
                device["convolution"] = DeviceOptions.Direct;
            }

            ConfigKeys.Check(node, s_json.GetTypeInfo(typeof(RunConfig)), path, RunFolder.Mend);
            return node.Deserialize<RunConfig>(s_json)!;
        }
        catch (JsonException error)
        {
            var what = error.Path is { Length: > 2 } place ? $"'{place[2..]}' has a value of another kind than expected" : JsonFault.Of(error);
            throw new InvalidDataException($"{path} is not a run's configuration: {what}. {RunFolder.Mend}", error);
        }
    }

    /// <summary>What a <see cref="Difference"/> says of what one of two lacks.</summary>
    internal const string Nothing = "nothing";

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? Nothing;
}

/// <summary>A length that a run was to have until a step.</summary>
/// <param name="Steps">Of the whole run, as was meant then.</param>
/// <param name="Until">Steps done when it was given another length.</param>
public sealed record EarlierLength(long Steps, long Until);
