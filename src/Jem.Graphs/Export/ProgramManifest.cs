using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;

namespace Jem.Graphs.Export;

/// <summary>
/// <c>program.json</c>: everything needed to run a training program with ONNX Runtime from any language.
/// </summary>
/// <param name="Method">The method's name, such as <c>simclr</c>.</param>
/// <param name="Options">The method's resolved options.</param>
/// <param name="Initial">The safetensors file with the first value of every parameter and state.</param>
/// <param name="Stages">The graphs: <c>step</c> trains, <c>encoder</c> embeds.</param>
public sealed record ProgramManifest(string Method, JsonObject Options, string Initial, IReadOnlyList<StageManifest> Stages)
{
    /// <summary>How each scalar input moves over a run.</summary>
    public IReadOnlyDictionary<string, ScheduleRecipe> Schedules { get; init; } = new Dictionary<string, ScheduleRecipe>();

    /// <summary>How each batch input is filled.</summary>
    public IReadOnlyDictionary<string, BatchRecipe> Batch { get; init; } = new Dictionary<string, BatchRecipe>();

    /// <summary>How the method's collapse shows, and what helps.</summary>
    public CollapseSigns Collapse { get; init; } = new([], "");

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    public static ProgramManifest Parse(string json) =>
        JsonSerializer.Deserialize<ProgramManifest>(json, s_json) ?? throw new FormatException("program.json is empty.");

    /// <exception cref="KeyNotFoundException">There is no such stage.</exception>
    public StageManifest Stage(string name) =>
        Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new KeyNotFoundException($"The program has no stage '{name}'. It has {string.Join(", ", Stages.Select(stage => stage.Name))}.");
}

/// <summary>One graph of a program.</summary>
/// <param name="File">The .onnx file, relative to program.json.</param>
public sealed record StageManifest(string Name, string File, IReadOnlyList<Port> Inputs, IReadOnlyList<Port> Outputs);

/// <summary>One input or output of a stage.</summary>
/// <param name="Dtype">An element type's name: <c>float32</c>, <c>uint8</c>, …</param>
/// <param name="Shape">The dimensions; −1 is a batch of any size.</param>
/// <param name="Default">A scalar input's value when no schedule sets it.</param>
/// <param name="Next">The input that this output becomes in the next step (parameters and states).</param>
public sealed record Port(string Name, Role Role, string Dtype, IReadOnlyList<long> Shape, double? Default = null, string? Next = null);
