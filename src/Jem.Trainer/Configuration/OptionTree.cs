using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Ir;

namespace Jem.Trainer.Configuration;

/// <summary>
/// Options as a tree of names: defaults, over which files and single settings are laid.
/// Only names that the defaults have can be set; a wrong one is answered with the nearest.
/// </summary>
public sealed class OptionTree
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    private readonly JsonObject _root;

    public OptionTree(object defaults) => _root = (JsonObject)JsonSerializer.SerializeToNode(defaults, defaults.GetType(), s_json)!;

    /// <summary>Every option's dotted name and value as JSON.</summary>
    public IEnumerable<(string Name, string Value)> Leaves => Flatten(_root, "").Select(leaf => (leaf.Name, leaf.Value?.ToJsonString() ?? "null"));

    /// <summary>Lays a JSON object over the options; it holds only what differs.</summary>
    /// <param name="source">Where the object comes from, for messages.</param>
    /// <exception cref="UsageException">A name is unknown or a value is of the wrong kind.</exception>
    public OptionTree Overlay(JsonObject differences, string source)
    {
        foreach (var (name, value) in Flatten(differences, ""))
        {
            var (parent, key) = Find(name, source);
            parent[key] = parent[key]?.GetValueKind() == value?.GetValueKind() || IsSwitch(parent[key], value)
                ? value?.DeepClone()
                : throw Wrong(name, value?.ToJsonString() ?? "null", parent[key], source);
        }

        return this;
    }

    /// <summary>Sets one option from text: <c>views.crop_scale=0.2,1</c>.</summary>
    /// <exception cref="UsageException">There is no equals sign, the name is unknown, or the value is of the wrong kind.</exception>
    public OptionTree Set(string assignment)
    {
        var (name, text) = assignment.Split('=', 2) is [var left, var right]
            ? (left.Trim(), right.Trim())
            : throw new UsageException($"--set {assignment}: expected key=value, such as --set views.crop_scale=0.2,1.");
        return Set(name, text, "--set");
    }

    /// <inheritdoc cref="Set(string)"/>
    public OptionTree Set(string name, string text, string source)
    {
        var (parent, key) = Find(name, source);
        parent[key] = Parse(text, parent[key]) ?? throw Wrong(name, text, parent[key], source);
        return this;
    }

    /// <summary>The options as a record of the given type.</summary>
    /// <exception cref="UsageException">A number does not fit, such as 1.5 images.</exception>
    public object As(Type type)
    {
        try
        {
            return _root.Deserialize(type, s_json)!;
        }
        catch (JsonException error)
        {
            throw new UsageException($"Option {error.Path?.TrimStart('$', '.')} does not fit: expected a value like the default's. See `jem methods METHOD`.");
        }
    }

    private (JsonObject Parent, string Key) Find(string name, string source)
    {
        var parts = name.Split('.');
        JsonNode? node = _root;
        for (var i = 0; i < parts.Length; i++)
        {
            if (node is not JsonObject parent || !parent.ContainsKey(parts[i]) || (i == parts.Length - 1 && parent[parts[i]] is JsonObject))
            {
                var names = Leaves.Select(leaf => leaf.Name).ToList();
                throw new UsageException($"{source}: unknown option '{name}'. Did you mean '{Suggest(name, names)}'?");
            }

            if (i == parts.Length - 1)
            {
                return (parent, parts[i]);
            }

            node = parent[parts[i]];
        }

        throw new UsageException($"{source}: the name of an option is empty.");
    }

    // A person often leaves out the group ('crop_scale' means 'views.crop_scale') or names it alone.
    private static string Suggest(string name, List<string> names) =>
        names.FirstOrDefault(candidate => candidate.EndsWith($".{name}", StringComparison.Ordinal))
        ?? names.FirstOrDefault(candidate => candidate.StartsWith($"{name}.", StringComparison.Ordinal))
        ?? Nearest.To(name, names);

    private static JsonNode? Parse(string text, JsonNode? like) => like switch
    {
        JsonArray => Array.ConvertAll(text.Trim('[', ']').Split(','), part => ParseNumber(part)) is var numbers && numbers.All(number => number is not null)
            ? new JsonArray(numbers)
            : null,
        not null when like.GetValueKind() == JsonValueKind.Number => ParseNumber(text),
        not null when like.GetValueKind() is JsonValueKind.True or JsonValueKind.False => bool.TryParse(text, out var flag) ? flag : null,
        _ => text,
    };

    private static JsonNode? ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real
        : null;

    private static bool IsSwitch(JsonNode? a, JsonNode? b) =>
        a?.GetValueKind() is JsonValueKind.True or JsonValueKind.False && b?.GetValueKind() is JsonValueKind.True or JsonValueKind.False;

    private static UsageException Wrong(string name, string got, JsonNode? like, string source) =>
        new($"{source}: option '{name}' is {got}; expected a value like its default {like?.ToJsonString()}.");

    private static IEnumerable<(string Name, JsonNode? Value)> Flatten(JsonObject node, string prefix) =>
        node.SelectMany(pair => pair.Value is JsonObject inner
            ? Flatten(inner, $"{prefix}{pair.Key}.")
            : [($"{prefix}{pair.Key}", pair.Value)]);
}
