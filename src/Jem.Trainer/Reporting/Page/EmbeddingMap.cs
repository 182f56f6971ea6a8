using System.Globalization;
using System.Net;
using System.Text;
using Jem.Trainer.Reporting.Embeddings;

namespace Jem.Trainer.Reporting.Page;

/// <summary>The sampled images as points in the plane, coloured by class (style classes <c>k0</c> … <c>k7</c>, shapes <c>#s0</c> …).</summary>
internal static class EmbeddingMap
{
    private const int Side = 460, Margin = 10;

    /// <summary>Colours that people with colour blindness tell apart; beyond them the shape changes.</summary>
    private const int Colours = 8;

    private static readonly string[] s_shapes =
    [
        "<circle r=\"3.2\"/>",
        "<path d=\"M-2.9-2.9h5.8v5.8h-5.8z\"/>",
        "<path d=\"M0-3.8 3.6 2.8H-3.6z\"/>",
        "<path d=\"M0-4.2 4.2 0 0 4.2-4.2 0z\"/>",
    ];

    /// <summary>The map before training and, beside it, the one after, turned so that it can be compared.</summary>
    /// <param name="after">Null before the first checkpoint.</param>
    public static string Html(ReportSample sample, SampleEmbedding before, SampleEmbedding? after)
    {
        var html = new StringBuilder("<svg class=\"defs\" aria-hidden=\"true\"><defs>");
        html.Append(string.Concat(s_shapes.Select((shape, i) => $"<g id=\"s{i}\">{shape}</g>"))).Append("</defs></svg>\n");
        html.Append(Legend(sample)).Append("<div class=\"maps\">\n").Append(Svg("Before training", sample, before.Map));
        html.Append(after is null ? "" : Svg($"After step {after.Step:N0}", sample, PlaneAlignment.Align(after.Map, before.Map)));
        return html.Append($"</div>\n<p class=\"quiet\">t-SNE of {sample.Count:N0} images: what lies together is similar to the network; distances "
            + $"between groups mean little.</p>\n").ToString();
    }

    private static string Svg(string caption, ReportSample sample, float[] positions)
    {
        var svg = new StringBuilder();
        svg.Append($"<figure class=\"map\"><h3>{caption}</h3><svg viewBox=\"0 0 {Side} {Side}\" role=\"img\" aria-label=\"{sample.Count} images as "
            + $"points; similar ones lie together\">");
        var (middleX, middleY, scale) = Fit(positions);
        for (var i = 0; i < sample.Count; i++)
        {
            var (x, y) = ((Side / 2) + ((positions[2 * i] - middleX) * scale), (Side / 2) + ((positions[(2 * i) + 1] - middleY) * scale));
            var label = sample.Labels?[i] ?? 0;
            svg.Append(CultureInfo.InvariantCulture, $"<use class=\"p k{label % Colours}\" href=\"#s{Shape(label)}\" x=\"{x:0.#}\" y=\"{y:0.#}\" "
                + $"data-i=\"{i}\" data-k=\"{label}\"><title>{WebUtility.HtmlEncode(Title(sample, i))}</title></use>");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    // The classes with their signs.
    private static string Legend(ReportSample sample)
    {
        if (sample.Labels is not { } labels)
        {
            return "";
        }

        var present = labels.Distinct().Order().ToList();
        var entries = present.Take(Colours * s_shapes.Length).Select(label =>
            $"<span data-k=\"{label}\"><svg viewBox=\"-6 -6 12 12\"><use class=\"k{label % Colours}\" "
                + $"href=\"#s{Shape(label)}\"/></svg>{WebUtility.HtmlEncode(sample.ClassNames[label])}</span>");
        var more = present.Count > Colours * s_shapes.Length ? $" <span>… and {present.Count - (Colours * s_shapes.Length)} more: signs repeat.</span>" : "";
        return $"<p class=\"legend classes\">{string.Join(" ", entries)}{more}</p>\n";
    }

    private static int Shape(int label) => label / Colours % s_shapes.Length;

    private static string Title(ReportSample sample, int i) =>
        sample.Labels is { } labels ? $"{sample.ClassNames[labels[i]]} · {sample.Names[i]}" : sample.Names[i];

    private static (float X, float Y, float Scale) Fit(float[] positions)
    {
        var (xs, ys) = (positions.Where((_, i) => i % 2 == 0).DefaultIfEmpty().ToList(), positions.Where((_, i) => i % 2 == 1).DefaultIfEmpty().ToList());
        var extent = Math.Max(Math.Max(xs.Max() - xs.Min(), ys.Max() - ys.Min()), 1e-6f);
        return ((xs.Max() + xs.Min()) / 2, (ys.Max() + ys.Min()) / 2, (Side - (2 * Margin)) / extent);
    }
}
