using System.Globalization;
using System.Text.Json;

namespace Jem.Quality;

/// <summary>The results as a file for programs and a table for people.</summary>
/// <param name="Settings">What all rows have in common.</param>
/// <param name="Machine">On which the methods were timed.</param>
internal sealed record Table(string Settings, string Machine, IReadOnlyList<Row> Rows)
{
    public const string Page = "results.md";

    private const string File = "results.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The table that lies in a folder, or an empty one.</summary>
    /// <exception cref="InvalidOperationException">It is of other settings: rows could not be compared.</exception>
    public static Table Read(string folder, string settings, string machine)
    {
        var path = Path.Combine(folder, File);
        var there = System.IO.File.Exists(path) ? JsonSerializer.Deserialize<Table>(System.IO.File.ReadAllText(path), s_json) : null;
        return there is null || there.Settings == settings ? there ?? new Table(settings, machine, [])
            : throw new InvalidOperationException($"{path} is of {there.Settings}, and asked for is {settings}. Name another folder with --results.");
    }

    /// <summary>With rows in place of those of the same name.</summary>
    public Table With(params IEnumerable<Row> rows)
    {
        var fresh = rows.ToList();
        return this with { Rows = [.. Rows.Where(row => fresh.All(other => other.Name != row.Name)), .. fresh] };
    }

    /// <param name="order">Names in the order of the table.</param>
    /// <param name="notes">What is to be said of a row.</param>
    public void Write(string folder, IReadOnlyList<string> order, IReadOnlyDictionary<string, string> notes)
    {
        var sorted = this with { Rows = [.. Rows.OrderBy(row => order.ToList().IndexOf(row.Name))] };
        System.IO.File.WriteAllText(Path.Combine(folder, File), JsonSerializer.Serialize(sorted, s_json) + "\n");
        System.IO.File.WriteAllText(Path.Combine(folder, Page), sorted.Markdown(notes));
    }

    private string Markdown(IReadOnlyDictionary<string, string> notes)
    {
        var numbered = Rows.Where(row => notes.ContainsKey(row.Name)).Select((row, i) => (row.Name, Number: i + 1)).ToDictionary();
        string Line(Row row) => string.Create(CultureInfo.InvariantCulture,
            $"| {row.Name}{(numbered.TryGetValue(row.Name, out var number) ? $" [{number}]" : "")} | {row.Backbone} "
            + $"| {row.Knn20:F3} | {row.Knn200:F3} | {row.Linear:F3} | {row.EffectiveRank:F1} of {row.Dimension} "
            + $"| {(row.Seconds is { } seconds ? $"{seconds:F0} s" : "–")} | {(row.PeakMib is { } peak ? $"{peak:F0} MiB" : "–")} |");
        const string about =
            "Accuracy on the test images: cosine kNN with τ 0.1 and the training images as bank; "
            + "logistic regression on frozen, standardised features by L-BFGS, all labels. "
            + "Effective rank is RankMe of the representations of 4,096 test images. "
            + "Time is that of the whole training command, memory the most its process held.";
        return $"""
            # Every method on the same images

            {Settings}. Measured by `benchmarks/quality/run` on {Machine}.

            {about}

            | method | backbone | kNN k=20 | kNN k=200 | linear | effective rank | time | peak memory |
            |---|---|---|---|---|---|---|---|
            {string.Join('\n', Rows.Select(Line))}

            {string.Join('\n', numbered.Select(pair => $"[{pair.Value}] {notes[pair.Key]}\n"))}
            """.TrimEnd() + "\n";
    }
}
