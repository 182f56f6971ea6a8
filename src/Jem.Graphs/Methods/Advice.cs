using System.Globalization;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>What a person may set when embeddings have collapsed, as far as it is not set yet.</summary>
public static class Advice
{
    private const string Operators = "=≤≥×";

    // What helps every method, some time.
    private static readonly (string Setting, string Reason) s_last = ("optimizer.learning_rate×0.3", "a lower learning rate");

    /// <summary>One sentence: each piece of advice with its setting, and last a lower learning rate.</summary>
    /// <param name="pieces">
    /// A setting and what it is for. <c>loss=softmax</c> is left out where it is so; <c>temperature≤0.1</c> and <c>ema.momentum≥0.99</c>
    /// where the bound holds; <c>lambda×4</c>, a factor, where that changes nothing or leaves the option's range. Of two pieces for one
    /// option the first that is not left out counts. An empty setting is words alone, and always said; null says nothing.
    /// </param>
    /// <exception cref="ArgumentException">There is no such option.</exception>
    public static string Of(MethodOptions options, params IEnumerable<(string Setting, string Reason)?> pieces)
    {
        var rows = OptionTable.Of(options).ToDictionary(row => row.Name);
        var said = new HashSet<string>();
        List<string> words = [.. pieces.OfType<(string Setting, string Reason)>().Append(s_last).Select(piece => Piece(piece.Setting, piece.Reason)).OfType<string>()];
        var text = words.Count == 1 ? words[0] : $"{string.Join("; ", words[..^1])}; or {words[^1]}";
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

        string? Piece(string setting, string reason)
        {
            if (setting.Length == 0)
            {
                return reason;
            }

            var at = setting.IndexOfAny([.. Operators]);
            var name = at < 0 ? setting : setting[..at];
            var row = at >= 0 && rows.TryGetValue(name, out var known) ? known : throw new ArgumentException($"'{setting}' sets no option; expected NAME=VALUE, or ≤, ≥ or × for =, with one of {string.Join(", ", rows.Keys)}.");
            return Value(row, setting[at], setting[(at + 1)..]) is { } value && said.Add(name) ? $"{reason} (--set {name}={value})" : null;
        }
    }

    /// <summary>What to set the option to; null where it is as it should be.</summary>
    private static string? Value(OptionRow row, char comparison, string text)
    {
        var now = OptionRow.Text(row.Value);
        if (comparison == '=')
        {
            return now == text ? null : text;
        }

        var (number, bound) = (Convert.ToDouble(row.Value, CultureInfo.InvariantCulture), double.Parse(text, CultureInfo.InvariantCulture));
        var next = comparison switch
        {
            '≤' => Math.Min(number, bound),
            '≥' => Math.Max(number, bound),
            _ => number * bound,
        };
        var value = Convert.ChangeType(next, row.Type, CultureInfo.InvariantCulture);
        return OptionRow.Text(value) is var better && better != now && row.Complaint(value) is null ? better : null;
    }
}
