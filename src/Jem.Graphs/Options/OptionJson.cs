using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jem.Graphs.Options;

/// <summary>Options as they stand in <c>config.json</c> and <c>program.json</c>: by their names in snake_case.</summary>
public static class OptionJson
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A record of options as JSON.</summary>
    public static JsonObject Of(object options) => (JsonObject)JsonSerializer.SerializeToNode(options, options.GetType(), s_json)!;

    /// <summary>The record of options, or the value of one, that JSON holds. An option that it does not hold is as the type has it.</summary>
    /// <returns>Null for null.</returns>
    /// <exception cref="JsonException">A value is of another kind than the option.</exception>
    public static object? As(JsonNode? json, Type type) => json.Deserialize(type, s_json);
}
