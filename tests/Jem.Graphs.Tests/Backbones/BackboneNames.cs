using System.Text.Json;

namespace Jem.Graphs.Tests.Backbones;

/// <summary>The names and shapes of the state dicts of torchvision, and timm for vision transformers.</summary>
internal static class BackboneNames
{
    public static IReadOnlyDictionary<string, long[]> Of(string backbone)
    {
        using var stream = typeof(BackboneNames).Assembly.GetManifestResourceStream("backbone_names.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')
            .Select(line => line.Split(' ', 3))
            .Where(parts => parts[0] == backbone)
            .ToDictionary(parts => parts[1], parts => JsonSerializer.Deserialize<long[]>(parts[2])!);
    }
}
