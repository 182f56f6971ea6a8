using System.Text.Json;

namespace Jem.Graphs.Tests.Backbones;

/// <summary>The names and shapes of torchvision's state dicts.</summary>
internal static class TorchvisionNames
{
    public static IReadOnlyDictionary<string, long[]> Of(string backbone)
    {
        using var stream = typeof(TorchvisionNames).Assembly.GetManifestResourceStream("torchvision_names.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')
            .Select(line => line.Split(' ', 3))
            .Where(parts => parts[0] == backbone)
            .ToDictionary(parts => parts[1], parts => JsonSerializer.Deserialize<long[]>(parts[2])!);
    }
}
