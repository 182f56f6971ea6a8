using System.Net;
using System.Text;

namespace Jem.Trainer.Reporting.Curves;

/// <summary>The charts of a report: what is known of each number, and a place for every other.</summary>
internal static class Panels
{
    private sealed record Panel(string Name, string Title, string About, ChartSettings Settings);

    private static readonly Panel[] s_known =
    [
        new("loss", "Loss", "", new(Noisy: true)),
        new("learning_rate", "Learning rate", "", new(FromZero: true)),
        new("embedding_std", "Embedding deviation", "Standard deviation of the unit embeddings, mean over dimensions. Near 0 they have collapsed "
            + "to one point.", new(FromZero: true, Noisy: true)),
        new("embedding_scale", "Embedding scale", "Standard deviation of the embeddings as they are, mean over dimensions. Losses that compare lengths, "
            + "too, collapse when it falls to 0.", new(FromZero: true, Noisy: true)),
        new("effective_rank", "Effective rank", "How many dimensions the embeddings use (RankMe).", new(FromZero: true, Noisy: true)),
        new("knn", "kNN accuracy", "Classes of images told by their nearest neighbours.", new(Percent: true)),
        new("images_per_second", "Speed", "Images per second.", new(FromZero: true, Noisy: true)),
        new("loader_wait", "Waiting for images", "Share of the time that training waited for views.", new(Percent: true, FromZero: true)),
    ];

    /// <param name="terms">The numbers that the program computes beside the loss.</param>
    /// <param name="dimension">D of the embeddings whose deviation and rank are logged; 0 if unknown.</param>
    /// <returns>Figures of a page; empty if nothing is logged yet.</returns>
    public static string Html(IReadOnlyDictionary<string, Curve> curves, IReadOnlyCollection<string> terms, int dimension)
    {
        var groups = curves.Where(pair => pair.Value.Points.Count > 0)
            .GroupBy(pair => Group(pair.Key))
            .ToDictionary(group => group.Key, group => group.Select(pair => (pair.Key, pair.Value)).ToList());
        var html = new StringBuilder();
        foreach (var panel in s_known.Take(1).Concat(terms.Select(Term)).Concat(s_known.Skip(1)))
        {
            if (groups.Remove(panel.Name, out var lines))
            {
                Figure(html, panel with { Settings = panel.Settings with { Reference = Reference(panel.Name, dimension) } }, lines);
            }
        }

        // More: what is not known by name.
        groups.Remove("collapse"); // A kind by its number: the page says it in words.
        foreach (var name in curves.Keys.Select(Group).Distinct().Where(groups.ContainsKey))
        {
            Figure(html, new Panel(name, Heading(name), "", new ChartSettings(Noisy: true)), groups[name]);
        }

        return html.ToString();
    }

    private static string Group(string name) =>
        name.StartsWith("knn", StringComparison.Ordinal) ? "knn" : name.StartsWith("loss_", StringComparison.Ordinal) ? "loss" : name;

    private static Panel Term(string name) => new(name, Heading(name), "A term of the loss.", new ChartSettings(Noisy: true));

    private static ReferenceLine? Reference(string name, int dimension) => (name, dimension) switch
    {
        (_, <= 0) => null,
        ("embedding_std", _) => new(1 / Math.Sqrt(dimension), $"healthy: 1/√{dimension} = {NumberText.Of(1 / Math.Sqrt(dimension), digits: 2)}"),
        ("effective_rank", _) => new(dimension, $"all {dimension} dimensions"),
        _ => null,
    };

    private static void Figure(StringBuilder html, Panel panel, List<(string Name, Curve Curve)> lines)
    {
        var last = NumberText.Of(lines[0].Curve.Last, panel.Settings.Percent);
        html.Append($"<figure><h3>{Text(panel.Title)} <output>{last}</output></h3>");
        if (lines.Count > 1)
        {
            var names = lines.Select((line, i) =>
                $"<span><svg viewBox=\"0 0 18 8\"><path class=\"line l{i}\" d=\"M0 4H18\"/></svg>{Text(Words(line.Name))}</span>");
            html.Append($"<p class=\"legend\">{string.Join(" ", names)}</p>");
        }

        html.Append(LineChart.Svg(panel.Title, [.. lines.Select(line => (Words(line.Name), line.Curve))], panel.Settings));
        html.Append(panel.About.Length > 0 ? $"<figcaption>{Text(panel.About)}</figcaption></figure>\n" : "</figure>\n");
    }

    private static string Heading(string name) => char.ToUpperInvariant(name[0]) + Words(name[1..]);

    private static string Words(string name) => name.Replace('_', ' ').Replace('/', ' ');

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
