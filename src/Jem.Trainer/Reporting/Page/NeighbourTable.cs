using System.Net;
using System.Text;
using Jem.Trainer.Reporting.Embeddings;

namespace Jem.Trainer.Reporting.Page;

/// <summary>Some images, each with its nearest neighbours by the untrained network and by the trained one.</summary>
internal static class NeighbourTable
{
    private const int Queries = 8;

    /// <param name="after">Null before the first checkpoint.</param>
    public static string Html(ReportSample sample, SampleEmbedding before, SampleEmbedding? after)
    {
        var html = new StringBuilder("<div class=\"neighbours\"><div class=\"row head\"><b>image</b><b>before training</b>");
        html.Append(after is null ? "</div>\n" : $"<b>after step {after.Step:N0}</b></div>\n");
        for (var query = 0; query < Math.Min(Queries, sample.Count); query++)
        {
            html.Append("<div class=\"row\"><div class=\"tiles\">");
            Tile(html, sample, query, sample.Labels is null ? "" : ClassOf(sample, query), null);
            html.Append("</div>");
            foreach (var embedding in new[] { before, after }.OfType<SampleEmbedding>())
            {
                html.Append("<div class=\"tiles\">");
                for (var i = 0; i < embedding.Neighbours[query].Length; i++)
                {
                    var row = embedding.Neighbours[query][i];
                    bool? right = sample.Labels is { } labels ? labels[row] == labels[query] : null;
                    var similarity = embedding.Similarities[query][i];
                    Tile(html, sample, row, right is null ? $"{similarity:0.00}" : ClassOf(sample, row), right, similarity);
                }

                html.Append("</div>");
            }

            html.Append("</div>\n");
        }

        return html.Append("</div>\n").ToString();
    }

    /// <summary>How many of the neighbours are of the same class, in words; empty without classes.</summary>
    public static string Summary(ReportSample sample, SampleEmbedding before, SampleEmbedding? after)
    {
        if (sample.Labels is not { } labels)
        {
            return "";
        }

        // What a neighbour drawn by lot would give.
        var chance = labels.CountBy(label => label).Sum(pair => (double)pair.Value * (pair.Value - 1)) / Math.Max(1, (double)sample.Count * (sample.Count - 1));
        var trained = after is null ? "" : $" → <strong>{after.SameClass(labels):P0}</strong> after step {after.Step:N0}";
        return $"<p class=\"lead\">Neighbours of the same class: <strong>{before.SameClass(labels):P0}</strong> before training{trained} <span "
            + $"class=\"quiet\">({chance:P0} by chance)</span></p>\n";
    }

    private static string ClassOf(ReportSample sample, int row) => sample.ClassNames[sample.Labels![row]];

    // Right and wrong differ in sign and frame as well as in colour.
    private static void Tile(StringBuilder html, ReportSample sample, int row, string caption, bool? right, float? similarity = null)
    {
        var (mark, kind) = right switch { true => ("✓", " right"), false => ("✗", " wrong"), null => ("", "") };
        var found = similarity is { } cosine ? $" · cosine {cosine:0.000}" : "";
        var title = WebUtility.HtmlEncode($"{sample.Names[row]}{found}{right switch { true => " · same class", false => " · another class", null => "" }}");
        html.Append($"<figure class=\"tile{kind}\" title=\"{title}\">{AtlasTile.Html(row)}{(mark.Length > 0 ? $"<b>{mark}</b>" : "")}");
        html.Append($"<figcaption>{WebUtility.HtmlEncode(caption)}</figcaption></figure>");
    }
}
