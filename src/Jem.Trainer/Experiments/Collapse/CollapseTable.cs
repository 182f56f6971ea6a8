using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>What the experiment measured, for people, files and scripts.</summary>
internal static class CollapseTable
{
    private static readonly string[] s_heads = ["pair", "run", "std·√D", "rank", "loss", "nearest tell-tale loss", "kNN", "monitor"];

    private const int TellTale = 5;

    public static Table Of(IReadOnlyList<CollapseResult> results)
    {
        // What a terminal has room for.
        static IEnumerable<string> Shown(string[] row) => row.Where((_, i) => i is not (0 or TellTale));
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns([.. Shown(s_heads)]);
        foreach (var result in results)
        {
            table.AddRow([.. Shown(Row("", result.Pair.Name, result.With)).Select(Markup.Escape)]);
            table.AddRow([.. Shown(Row("", result.Pair.Without, result.Without)).Select(Markup.Escape)]);
        }

        return table;
    }

    public static string Markdown(IReadOnlyList<CollapseResult> results, CollapseExperiment plan) => string.Join('\n',
    [
        "# Collapse, with and without what prevents it",
        "",
        string.Create(CultureInfo.InvariantCulture, $"{plan.Data}, ResNet-18 of width {plan.Width}, batch {plan.Batch}, {plan.Steps:N0} steps, seed "
            + $"{plan.Seed}. Values of the last step; kNN among training images. Curves: collapse.svg."),
        "",
        $"| {string.Join(" | ", s_heads)} |",
        $"|{string.Concat(s_heads.Select(_ => "---|"))}",
        .. Rows(results).Select(row => $"| {string.Join(" | ", row)} |"),
        "",
    ]);

    public static JsonArray Json(IReadOnlyList<CollapseResult> results) => new([.. results.Select(result => new JsonObject
    {
        ["pair"] = result.Pair.Name,
        ["method"] = result.Pair.Method,
        ["without"] = result.Pair.Without,
        ["settings"] = new JsonArray([.. result.Pair.Settings.Select(text => JsonValue.Create(text))]),
        ["removal"] = new JsonArray([.. result.Pair.Removal.Select(text => JsonValue.Create(text))]),
        ["with_it"] = Json(result.With),
        ["without_it"] = Json(result.Without),
    })]);

    private static JsonObject Json(CollapseRun run) => new()
    {
        ["run"] = run.Folder.Root,
        ["std_sqrt_d"] = run.Spread,
        ["scale"] = run.Scale,
        ["effective_rank"] = run.Rank,
        ["most_rank"] = run.MostRank,
        ["loss"] = run.Loss,
        ["knn"] = run.Accuracy,
        ["collapse"] = run.Finding?.Kind.ToString().ToLowerInvariant(),
        ["since"] = run.Finding?.Since,
        ["told_at"] = run.Told,
    };

    private static IEnumerable<string[]> Rows(IEnumerable<CollapseResult> results) => results.SelectMany(result => new[]
    {
        Row(result.Pair.Name, result.Pair.Method, result.With),
        Row("", result.Pair.Without, result.Without),
    });

    private static string[] Row(string pair, string name, CollapseRun run)
    {
        var sign = run.Signs.Losses.MinBy(sign => Math.Abs(sign.Value - run.Loss));
        return
        [
            pair,
            name,
            Text(run.Spread, "0.000"),
            $"{Text(run.Rank, "0.0")} / {run.MostRank}",
            Text(run.Loss, "0.000"),
            sign is null ? "" : $"{Text(sign.Value, "0.000")} ({sign.Meaning.Split(':')[0]})",
            Text(run.Accuracy, "0.000"),
            run.Finding is { } finding ? $"{finding.Kind.ToString().ToLowerInvariant()} since {finding.Since}, told at {run.Told}" : "healthy",
        ];
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
