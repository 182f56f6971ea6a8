using System.Text.Json.Nodes;

namespace Jem.Graphs.Export;

/// <summary>
/// Turns what earlier versions wrote into what is written today. Version 0.1 had no format: what is a field of its own
/// today stood among the options, or was known by name. In the first files of format 1 the advice was one sentence.
/// </summary>
internal static class ManifestUpgrade
{
    /// <summary>The same manifest as it is written today.</summary>
    public static JsonObject Apply(JsonObject manifest)
    {
        var upgraded = (JsonObject)manifest.DeepClone();
        if (upgraded["format"] is null)
        {
            AddFormat(upgraded);
        }

        if (upgraded["collapse"] is JsonObject collapse && collapse["advice"] is JsonValue sentence)
        {
            collapse["advice"] = Pieces((string)sentence!);
        }

        return upgraded;
    }

    private static void AddFormat(JsonObject upgraded)
    {
        var (options, backbone) = (upgraded["options"]!, upgraded["options"]!["backbone"]!);
        (upgraded["format"], upgraded["batch_size"], upgraded["seed"]) = (1, options["batch"]!.DeepClone(), options["seed"]!.DeepClone());
        (upgraded["image"], upgraded["backbone"]) = (options["image"]!.DeepClone(), $"{backbone["name"]}-w{backbone["width"]}");
        foreach (var stage in upgraded["stages"]!.AsArray())
        {
            Mean(stage!["outputs"]!, "loss", "loss");
            Mean(stage["outputs"]!, "embedding", "embedding");
            Mean(stage["outputs"]!, "scores", "scores");
            Mean(stage["inputs"]!, "learning_rate", "learning_rate");
        }
    }

    // The sentence is kept as it was, for a person to read.
    private static JsonArray Pieces(string sentence) =>
        sentence.Length == 0 ? [] : [new JsonObject { ["reason"] = $"{char.ToLowerInvariant(sentence[0])}{sentence[1..].TrimEnd('.')}" }];

    private static void Mean(JsonNode ports, string name, string meaning)
    {
        if (ports.AsArray().FirstOrDefault(port => (string?)port!["name"] == name) is { } port)
        {
            port["means"] = meaning;
        }
    }
}
