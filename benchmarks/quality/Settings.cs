using System.Globalization;

namespace Jem.Quality;

/// <summary>What all methods have in common. Backbone, optimiser and the rest are those of <c>--preset small</c>.</summary>
internal sealed record Settings(
    string Data,
    int ImageSize,
    double Epochs,
    int Batch,
    ulong Seed,
    IReadOnlyList<string> Methods,
    string Runs,
    string Results,
    string? Ship)
{
    public static Settings Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> methods)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            given[arguments[i]] = i + 1 < arguments.Count ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
        }

        string Take(string flag, string otherwise) => given.Remove(flag, out var value) ? value : otherwise;
        var settings = new Settings(
            Take("--data", "fashion-mnist"),
            int.Parse(Take("--image-size", "28"), CultureInfo.InvariantCulture),
            double.Parse(Take("--epochs", "3"), CultureInfo.InvariantCulture),
            int.Parse(Take("--batch", "128"), CultureInfo.InvariantCulture),
            ulong.Parse(Take("--seed", "0"), CultureInfo.InvariantCulture),
            Take("--methods", given.ContainsKey("--ship") ? "" : string.Join(',', methods)).Split(',', StringSplitOptions.RemoveEmptyEntries),
            Take("--runs", "runs/quality"),
            Take("--results", "."),
            given.Remove("--ship", out var ship) ? ship : null);
        return given.Count > 0 ? throw new ArgumentException($"Unknown flag {given.Keys.First()}.")
            : settings.Methods.Except(methods).FirstOrDefault() is { } unknown
            ? throw new ArgumentException($"Unknown method '{unknown}'; there are {string.Join(", ", methods)}.")
            : settings;
    }

    /// <summary>What decides whether rows may stand in one table.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Data}, {ImageSize}×{ImageSize}, {Epochs} epochs of batches of {Batch}, `--preset small`, seed {Seed}");
}
