using System.Globalization;
using System.Text.RegularExpressions;
using Jem.Graphs.Naming;

namespace Jem.Trainer.Data;

/// <summary>
/// How a mixture is written: <c>weight*spec+weight*spec…</c>. A plus separates parts only where a number, a star and the name
/// of a kind of data follow, so that names of folders may hold any of these characters.
/// </summary>
internal static partial class MixtureSyntax
{
    /// <exception cref="ArgumentException">Not a mixture; the message says which part and what is wrong.</exception>
    public static MixturePart[] Parse(string text, Catalog<DataKind> kinds)
    {
        var parts = Separator().Split(text).Select(part => ParsePart(part, kinds)).ToArray();
        return parts.Length > 1
            ? parts
            : throw new ArgumentException($"The mixture '{text}' has one part; expected two or more, such as mix:0.7*folder:a+0.3*cifar10:b");
    }

    public static string Write(IEnumerable<MixturePart> parts) =>
        string.Join('+', parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Weight}*{part.Spec}")));

    private static MixturePart ParsePart(string text, Catalog<DataKind> kinds)
    {
        var (star, pair) = (text.IndexOf('*', StringComparison.Ordinal), text.Split('*', 2));
        if (star < 0 || !double.TryParse(pair[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || weight is not (> 0 and < 1e9))
        {
            throw new ArgumentException(
                $"The part '{text}' of the mixture does not begin with a weight above 0 and a star: write it as 0.5*{(star < 0 ? text : pair[1])}");
        }

        return pair[1].StartsWith($"{DataKinds.Mixture}:", StringComparison.Ordinal)
            ? throw new ArgumentException($"The part '{text}' of the mixture is a mixture itself: name its parts in the outer one.")
            : new MixturePart(weight, DataSpec.Parse(pair[1], kinds));
    }

    [GeneratedRegex(@"\s*\+\s*(?=[\d.]+(?:[eE]-?\d+)?\*[a-z][a-z0-9-]*(?:[:?+]|$))")]
    private static partial Regex Separator();
}
