using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Jem.Graphs.Ir;
using Jem.Graphs.Naming;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Export;

/// <summary>
/// <c>program.json</c>: everything needed to run a training program with ONNX Runtime from any language.
/// </summary>
/// <param name="Method">The method's name, such as <c>simclr</c>.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Seed">Of the order of the images and their views.</param>
/// <param name="Image">The images that the network sees.</param>
/// <param name="Backbone">Name and width of the encoder's network, such as <c>resnet18-w16</c>.</param>
/// <param name="Options">The method's resolved options, for people: nothing is read from them to run the program.</param>
/// <param name="Initial">The safetensors file with the first value of every parameter and state.</param>
/// <param name="Stages">The graphs: <c>step</c> trains, <c>encoder</c> embeds.</param>
public sealed record ProgramManifest(
    string Method,
    int BatchSize,
    ulong Seed,
    ImageOptions Image,
    string Backbone,
    JsonObject Options,
    string Initial,
    IReadOnlyList<StageManifest> Stages)
{
    /// <summary>The format that is written. One that changes what a reader must know gets the next number.</summary>
    public const int CurrentFormat = 1;

    private const string Kind = "kind";

    private static readonly string[] s_dtypes = [.. Enum.GetValues<DType>().Select(type => type.Name())];

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The format that this manifest is written in.</summary>
    [JsonPropertyOrder(-1)]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>How each scalar input moves over a run.</summary>
    public IReadOnlyDictionary<string, ScheduleRecipe> Schedules { get; init; } = new Dictionary<string, ScheduleRecipe>();

    /// <summary>How each batch input is filled.</summary>
    public IReadOnlyDictionary<string, BatchRecipe> Batch { get; init; } = new Dictionary<string, BatchRecipe>();

    /// <summary>How the method's collapse shows, and what helps.</summary>
    public CollapseSigns Collapse { get; init; } = new([], []);

    /// <summary>The text of <c>program.json</c>.</summary>
    /// <exception cref="ArgumentException">A recipe has no <see cref="KindAttribute"/>.</exception>
    public string ToJson() => JsonSerializer.Serialize(this, Json(KindsOf(Schedules.Values), KindsOf(Batch.Values)));

    /// <summary>Reads <c>program.json</c>, also as versions before format 1 wrote it.</summary>
    /// <param name="kinds">The kinds of schedules and batch inputs that it may have; null for those of this library.</param>
    /// <exception cref="FormatException">
    /// The text is no manifest, or one of a later format, or has a recipe of another kind, or a value out of its range.
    /// </exception>
    public static ProgramManifest Parse(string json, ProgramKinds? kinds = null)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: s_strict) as JsonObject ?? throw new FormatException("program.json is not an object.");
            var format = (int?)node["format"];
            if (format > CurrentFormat)
            {
                throw new FormatException($"program.json is of format {format}; this version of jem reads formats up to {CurrentFormat}. "
                    + "Take the version of jem that wrote it, or write the program anew.");
            }

            var known = kinds ?? ProgramKinds.BuiltIn;
            RequireKnown(node["schedules"], known.Schedules);
            RequireKnown(node["batch"], known.Inputs);
            var manifest = ManifestUpgrade.Apply(node).Deserialize<ProgramManifest>(Json(known.Schedules.All, known.Inputs.All))!;
            return manifest.Complaint() is { } complaint ? throw new JsonException(complaint) : manifest;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or NotSupportedException)
        {
            throw new FormatException($"program.json is not a training program's: {error.Message}", error);
        }
    }

    /// <summary>The graph of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such stage.</exception>
    public StageManifest Stage(string name) =>
        Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new KeyNotFoundException($"The program has no stage '{name}'. It has {string.Join(", ", Stages.Select(stage => stage.Name))}.");

    // What docs/program.schema.json says of values, as far as readers build on it.
    private string? Complaint()
    {
        if (BatchSize < 1)
        {
            return $"batch_size is {BatchSize}; expected a whole number ≥ 1.";
        }

        try
        {
            OptionTable.Check(Image, group: "image");
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }

        var ports = Stages.SelectMany(stage => stage.Inputs.Concat(stage.Outputs), (stage, port) => (Stage: stage.Name, Port: port));
        return Image.Mean.Length != Image.Channels ? OfChannels("image.mean", Image.Mean)
            : Image.Std.Length != Image.Channels ? OfChannels("image.std", Image.Std)
            : ports.FirstOrDefault(port => !s_dtypes.Contains(port.Port.Dtype)) is (var stage, { } untyped)
            ? $"'{untyped.Name}' of the stage '{stage}' is of the type '{untyped.Dtype}'; expected one of {string.Join(", ", s_dtypes)}."
            : null;

        string OfChannels(string name, double[] values) => $"{name} has {values.Length} numbers; expected one for each channel, {Image.Channels}.";
    }

    private static JsonSerializerOptions Json(IEnumerable<RecipeKind> schedules, IEnumerable<RecipeKind> inputs) => new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Kinds<ScheduleRecipe>(schedules), Kinds<BatchRecipe>(inputs) } },
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        AllowOutOfOrderMetadataProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static Action<JsonTypeInfo> Kinds<TRecipe>(IEnumerable<RecipeKind> kinds) => type =>
    {
        // A program may have no recipe of a sort, and the serializer wants one kind at least.
        if (type.Type == typeof(TRecipe) && kinds.Any())
        {
            type.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = Kind };
            foreach (var kind in kinds)
            {
                type.PolymorphismOptions.DerivedTypes.Add(new(kind.Type, kind.Name));
            }
        }
    };

    private static IEnumerable<RecipeKind> KindsOf<TRecipe>(IEnumerable<TRecipe> recipes) =>
        recipes.Select(recipe => recipe!.GetType()).Distinct().Select(RecipeKind.Of);

    // The serializer would not say which kinds there are.
    private static void RequireKnown(JsonNode? recipes, Catalog<RecipeKind> kinds)
    {
        foreach (var name in (recipes as JsonObject ?? []).Select(recipe => (string?)recipe.Value?[Kind]).OfType<string>())
        {
            try
            {
                kinds.Get(name);
            }
            catch (ArgumentException error)
            {
                throw new FormatException(
                    $"program.json has what this program does not know. {error.Message} Add its record to the kit of the program that reads it.", error);
            }
        }
    }
}

/// <summary>One graph of a program.</summary>
/// <param name="Name">One of <see cref="ProgramStages"/>.</param>
/// <param name="File">The .onnx file, relative to program.json.</param>
/// <param name="Inputs">Every input of the graph.</param>
/// <param name="Outputs">Every output of the graph.</param>
public sealed record StageManifest(string Name, string File, IReadOnlyList<Port> Inputs, IReadOnlyList<Port> Outputs)
{
    /// <summary>The output that stands for something.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Port Output(Meaning means) => Outputs.FirstOrDefault(output => output.Means == means)
        ?? throw new KeyNotFoundException($"The stage '{Name}' has no output that means '{JsonNamingPolicy.SnakeCaseLower.ConvertName(means.ToString())}'.");
}

/// <summary>One input or output of a stage.</summary>
/// <param name="Name">As in the .onnx file.</param>
/// <param name="Role">What the one who runs it does with it.</param>
/// <param name="Dtype">An element type's name: <c>float32</c>, <c>uint8</c>, …</param>
/// <param name="Shape">The dimensions; −1 is a batch of any size.</param>
/// <param name="Default">A scalar input's value when no schedule sets it.</param>
/// <param name="Next">The input that this output becomes in the next step (parameters and states).</param>
public sealed record Port(string Name, Role Role, string Dtype, IReadOnlyList<long> Shape, double? Default = null, string? Next = null)
{
    /// <summary>What a metric or a scalar stands for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Meaning Means { get; init; }
}
