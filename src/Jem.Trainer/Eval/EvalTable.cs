using Spectre.Console;

namespace Jem.Trainer.Eval;

/// <summary>Results as a person compares them: a row per encoder, a column per protocol.</summary>
public static class EvalTable
{
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["raw"] = "raw pixels",
        ["random"] = "random encoder",
        ["trained"] = "trained encoder",
    };

    public static Table Of(IReadOnlyList<EvalResult> results)
    {
        var columns = results.Select(result => result.Column).Distinct().ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        columns.ForEach(column => table.AddColumn(new TableColumn(column).RightAligned()));
        foreach (var (encoder, name) in s_names.Where(pair => results.Any(result => result.Encoder == pair.Key)))
        {
            table.AddRow([new Text(name), .. columns.Select(column => new Text(Cell(results, encoder, column)))]);
        }

        return table;
    }

    private static string Cell(IReadOnlyList<EvalResult> results, string encoder, string column) =>
        results.FirstOrDefault(result => result.Encoder == encoder && result.Column == column) is not { } result ? ""
        : result.Deviation is { } deviation ? $"{result.Accuracy:F3} ± {deviation:F3}"
        : $"{result.Accuracy:F3}";
}
