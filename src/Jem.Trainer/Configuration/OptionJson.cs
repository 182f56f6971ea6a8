using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;

namespace Jem.Trainer.Configuration;

/// <summary>A method's options as they stand in <c>config.json</c> and <c>program.json</c>.</summary>
public static class OptionJson
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static JsonObject Of(MethodOptions options) => (JsonObject)JsonSerializer.SerializeToNode(options, options.GetType(), s_json)!;

    /// <summary>The options of a method, all of which a file gives.</summary>
    /// <param name="kit">Of which the method is one.</param>
    /// <param name="source">The file, for messages.</param>
    /// <exception cref="UsageException">There is no such method, or an option is unknown or out of its range.</exception>
    public static MethodOptions Read(JsonObject options, string method, JemKit kit, string source)
    {
        var defaults = TrainingConfig.Method(method, kit).Options;
        return (MethodOptions)new OptionTree(defaults, kit.Parts.Names).Overlay(options, source).As(defaults.GetType());
    }
}
