using System.Globalization;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>What a person may set when embeddings have collapsed, as far as it is not set yet. <see cref="StepGraph.Advice"/> says the rules.</summary>
internal static class AdviceRules
{
    private const string Operators = "=≤≥×";

    // What helps every method, some time.
    private static readonly (string Setting, string Reason) s_last = ("optimizer.learning_rate×0.3", "a lower learning rate");

    /// <param name="last">Whether what helps every method comes last.</param>
    public static IReadOnlyList<Advice> Of(IReadOnlyList<OptionRow> options, IEnumerable<(string Setting, string Reason)?> pieces, bool last = true)
    {
        var rows = options.ToDictionary(row => row.Name);
        var said = new HashSet<string>();
        var asked = pieces.OfType<(string Setting, string Reason)>().Concat(last ? [s_last] : []);
        return [.. asked.Select(piece => Piece(piece.Setting, piece.Reason)).OfType<Advice>()];

        Advice? Piece(string setting, string reason)
        {
            if (setting.Length == 0)
            {
                return new Advice(reason);
            }

            var at = setting.IndexOfAny([.. Operators]);
            var name = at < 0 ? setting : setting[..at];
            var row = at >= 0 && rows.TryGetValue(name, out var known)
                ? known
                : throw new ArgumentException(
                    $"'{setting}' sets no option; expected NAME=VALUE, or ≤, ≥ or × for =, with one of {string.Join(", ", rows.Keys)}.");
            return Value(row, setting[at], setting[(at + 1)..]) is { } value && said.Add(name) ? new Advice(reason, name, value) : null;
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
