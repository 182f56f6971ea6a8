using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Jem.Shared;

namespace Jem.Trainer.Runs;

/// <summary>Whether a JSON object has the keys of a record: none misspelt, none missing.</summary>
internal static class ConfigKeys
{
    /// <param name="path">The file, for messages.</param>
    /// <param name="mend">What to do, for messages.</param>
    /// <exception cref="InvalidDataException">It has not; the message names the first key that is wrong, by its dotted name.</exception>
    public static void Check(JsonObject node, JsonTypeInfo type, string path, string mend, string prefix = "")
    {
        var known = type.Properties.ToDictionary(property => property.Name);
        if (node.FirstOrDefault(pair => !known.ContainsKey(pair.Key)).Key is { } unknown)
        {
            throw new InvalidDataException(
                $"{path} has '{prefix}{unknown}', which is no key of a run's configuration. Did you mean '{prefix}{Nearest.To(unknown, known.Keys)}'? {mend}");
        }

        if (known.Values.FirstOrDefault(property => IsNeeded(property) && !node.ContainsKey(property.Name)) is { } missing)
        {
            throw new InvalidDataException($"{path} has no '{prefix}{missing.Name}': it is not what `jem train` wrote. {mend}");
        }

        foreach (var (key, value) in node)
        {
            // An object of a record of ours, or a list of them; the keys of options belong to the method.
            var nested = type.Options.GetTypeInfo(known[key].PropertyType);
            nested = nested.ElementType is { } element ? type.Options.GetTypeInfo(element) : nested;
            foreach (var inner in nested.Kind == JsonTypeInfoKind.Object ? (value as JsonArray ?? [value?.DeepClone()]).OfType<JsonObject>() : [])
            {
                Check(inner, nested, path, mend, $"{prefix}{key}.");
            }
        }
    }

    private static bool IsNeeded(JsonPropertyInfo property) => property.AssociatedParameter is { HasDefaultValue: false };
}
