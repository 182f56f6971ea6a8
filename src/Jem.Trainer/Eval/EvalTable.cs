using Spectre.Console;

namespace Jem.Trainer.Eval;

/// <summary>Results as a person compares them: a row per encoder and a column per protocol, or the other way round where that is too wide.</summary>
public static class EvalTable
{
    private const int Padding = 3;

    private static readonly Dictionary<string, string> s_names = new()
    {
        ["raw"] = "raw pixels",
        ["random"] = "random encoder",
        ["trained"] = "trained encoder",
    };

    /// <param name="width">Of the console, in characters.</param>
    public static Table Of(IReadOnlyList<EvalResult> results, int width)
    {
        var cells = results.SelectMany(result => result.Cells().Select(cell => (Encoder: s_names[result.Encoder], cell.Heading, cell.Text))).ToList();
        var encoders = s_names.Values.Where(name => cells.Any(cell => cell.Encoder == name)).ToList();
        var headings = cells.Select(cell => cell.Heading).Distinct().ToList();
        string Text(string encoder, string heading) => cells.FirstOrDefault(cell => cell.Encoder == encoder && cell.Heading == heading).Text ?? "";

        // Headings may be broken between words, numbers not.
        var needed = 1 + Padding + encoders.Max(name => name.Length) + headings.Sum(heading => Padding + Math.Max(
            heading.Split(' ').Max(word => word.Length), encoders.Max(encoder => Text(encoder, heading).Length)));
        return needed <= width
            ? Grid(encoders, headings, Text)
            : Grid(headings, encoders, (heading, encoder) => Text(encoder, heading));
    }

    private static Table Grid(List<string> rows, List<string> columns, Func<string, string, string> text)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        columns.ForEach(column => table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned()));
        rows.ForEach(row => table.AddRow([new Text(row), .. columns.Select(column => new Text(text(row, column)))]));
        return table;
    }
}
