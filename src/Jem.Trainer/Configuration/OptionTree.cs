using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Options;
using Jem.Shared;

namespace Jem.Trainer.Configuration;

/// <summary>
/// Options as a tree of names: defaults, over which files and single settings are laid.
/// Only names that the defaults have can be set, to values in their range; a wrong name is answered with the nearest.
/// </summary>
public sealed class OptionTree
{
    private readonly JsonObject _root;
    private readonly Dictionary<string, OptionRow> _rows;
    private readonly HashSet<string> _named = [];

    /// <summary>The defaults as a tree.</summary>
    /// <param name="catalogs">The names that options may be from, as <see cref="OptionTable"/> takes them.</param>
    public OptionTree(object defaults, IReadOnlyDictionary<string, IReadOnlyList<string>> catalogs)
    {
        _root = OptionJson.Of(defaults);
        _rows = OptionTable.Of(defaults, catalogs).ToDictionary(row => row.Name);
    }

    /// <summary>Lays a JSON object over the options; it holds only what differs.</summary>
    /// <param name="source">Where the object comes from, for messages.</param>
    /// <exception cref="UsageException">A name is unknown, or a value is of the wrong kind or out of its range.</exception>
    public OptionTree Overlay(JsonObject differences, string source)
    {
        foreach (var (name, value) in Flatten(differences, ""))
        {
            Lay(Row(name, source), value?.DeepClone(), value?.ToJsonString() ?? "null", source);
            _named.Add(name);
        }

        return this;
    }

    /// <summary>Sets one option from text: <c>views.crop_scale=0.2,1</c>.</summary>
    /// <exception cref="UsageException">There is no equals sign, the name is unknown, or the value is of the wrong kind or out of its range.</exception>
    public OptionTree Set(string assignment) => assignment.Split('=', 2) is [var name, var text]
        ? Set(name.Trim(), text.Trim(), "--set")
        : throw new UsageException($"--set {assignment}: expected key=value, such as --set views.crop_scale=0.2,1.");

    /// <inheritdoc cref="Set(string)"/>
    public OptionTree Set(string name, string text, string source)
    {
        var row = Row(name, source);
        Lay(row, Parse(text, row.Type), text, source);
        _named.Add(row.Name);
        return this;
    }

    /// <summary>Whether the options have one of a name.</summary>
    internal bool Has(string name) => _rows.ContainsKey(name);

    /// <summary>Whether an option was set by <see cref="Overlay"/> or <see cref="Set(string)"/>, if only to its default.</summary>
    internal bool IsNamed(string name) => _named.Contains(name);

    /// <summary>The value of an option.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    internal T Value<T>(string name) => (T)OptionJson.As(Node(name), typeof(T))!;

    /// <summary>Gives an option a value that nobody asked for: it does not become a named one.</summary>
    /// <exception cref="UsageException">The value is out of its range.</exception>
    internal void Fit(string name, object value, string source) =>
        Lay(Row(name, source), JsonSerializer.SerializeToNode(value, value.GetType()), OptionRow.Text(value), source);

    /// <summary>The options as a record of the type of the defaults.</summary>
    public object As(Type type) => OptionJson.As(_root, type)!;

    private void Lay(OptionRow row, JsonNode? node, string got, string source)
    {
        // One number stands for a list of one.
        node = row.Type.IsArray && node is JsonValue ? new JsonArray(node) : node;
        if ((Value(node, row.Type) is { } value ? row.Complaint(value) : row.Refusal(got)) is { } complaint)
        {
            throw new UsageException($"{source}: {complaint}");
        }

        var path = row.Name.Split('.');
        path[..^1].Aggregate(_root, (parent, part) => (JsonObject)parent[part]!)[path[^1]] = node;
    }

    private JsonNode? Node(string name) => name.Split('.').Aggregate((JsonNode?)_root, (parent, part) => parent![part]);

    private OptionRow Row(string name, string source) => _rows.TryGetValue(name, out var row) ? row
        : throw new UsageException(name == "method"
            ? $"{source}: the method is not an option but an argument, such as `jem train simclr`."
            : $"{source}: unknown option '{name}'. Did you mean '{Suggest(name)}'? `jem methods METHOD` lists them all.");

    // A person often leaves out the group ('crop_scale' means 'views.crop_scale'), names it alone, or takes another.
    private string Suggest(string name) =>
        _rows.Keys.FirstOrDefault(known => known.EndsWith($".{name}", StringComparison.Ordinal))
        ?? _rows.Keys.FirstOrDefault(known => known.StartsWith($"{name}.", StringComparison.Ordinal))
        ?? _rows.Keys.FirstOrDefault(known => known.Split('.')[^1] == name.Split('.')[^1])
        ?? Nearest.To(name, _rows.Keys);

    private static object? Value(JsonNode? node, Type type)
    {
        try
        {
            return OptionJson.As(node, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string text, Type type) =>
        type == typeof(string) ? text
        : type == typeof(bool) ? (bool.TryParse(text, out var flag) ? flag : null)
        : type.IsArray ? new JsonArray(Array.ConvertAll(text.Trim('[', ']').Split(','), Number))
        : Number(text);

    private static JsonNode? Number(string text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer) ? integer
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large) ? large
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real
        : null;

    private static IEnumerable<(string Name, JsonNode? Value)> Flatten(JsonObject node, string prefix) =>
        node.SelectMany(pair => pair.Value is JsonObject inner
            ? Flatten(inner, $"{prefix}{pair.Key}.")
            : [($"{prefix}{pair.Key}", pair.Value)]);
}
