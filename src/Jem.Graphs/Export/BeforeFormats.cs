using System.Text.Json.Nodes;

namespace Jem.Graphs.Export;

/// <summary>Manifests of version 0.1, which had no format: what is a field of its own today stood among the options, or was known by name.</summary>
internal static class BeforeFormats
{
    /// <summary>The same manifest in format 1.</summary>
    public static JsonObject Upgrade(JsonObject manifest)
    {
        var upgraded = (JsonObject)manifest.DeepClone();
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

        return upgraded;
    }

    private static void Mean(JsonNode ports, string name, string meaning)
    {
        if (ports.AsArray().FirstOrDefault(port => (string?)port!["name"] == name) is { } port)
        {
            port["means"] = meaning;
        }
    }
}
