namespace Jem.Embed.Tool.Commands;

/// <summary>Finds the name that a person probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate that shares the most pairs of neighbouring letters with a name (Dice's coefficient).</summary>
    public static string To(string name, IEnumerable<string> candidates) => candidates.MaxBy(candidate =>
    {
        var (a, b) = (Pairs(name), Pairs(candidate));
        return 2.0 * a.Intersect(b).Count() / (a.Count + b.Count);
    })!;

    // The ends count too, so that a single letter has pairs.
    private static HashSet<string> Pairs(string text) =>
        [.. $"^{text.ToLowerInvariant()}$".Zip($"{text.ToLowerInvariant()}$", (a, b) => $"{a}{b}")];
}
