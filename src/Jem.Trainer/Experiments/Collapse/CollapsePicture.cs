using System.Net;
using System.Text;
using Jem.Trainer.Reporting.Curves;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>The curves of all pairs in one SVG: a row for each pair, in it deviation, scale, rank and loss of both runs.</summary>
internal static class CollapsePicture
{
    private const int Left = 190, Top = 40, Gap = 14;

    // A file of its own has no page's style; programs that draw SVG seldom know variables.
    private const string Style = """
        text { font: 11px sans-serif; fill: #5b6470 } .words { font: 12px sans-serif }
        .name { font: bold 14px sans-serif; fill: #1d2126 } .head { font: 14px sans-serif; fill: #1d2126 }
        path.grid { stroke: #dde1e6 } path.axis { stroke: #5b6470 }
        path.reference { stroke: #5b6470; stroke-dasharray: 5 4 } text.reference { font-style: italic }
        .line { fill: none; stroke-width: 1.8; stroke-linejoin: round } .faint { opacity: .3; stroke-width: 1 }
        .band { opacity: .18 } .strip { display: none }
        .line.l0 { stroke: #0072b2 } .line.l1 { stroke: #d55e00 }
        .dot.l0, .band.l0, text.l0 { fill: #0072b2 } .dot.l1, .band.l1, text.l1 { fill: #d55e00 }
        """;

    private static readonly (string Head, string Name, bool FromZero)[] s_columns =
    [
        ("std·√D: 0 is one embedding for all", "spread", true),
        ("scale of the embeddings, of the first", "scale", true),
        ("effective rank", MetricNames.EffectiveRank, true),
        ("loss", MetricNames.Loss, false),
    ];

    public static string Svg(IReadOnlyList<CollapseResult> results)
    {
        var (width, height) = (Left + (s_columns.Length * (LineChart.Width + Gap)), Top + (results.Count * (LineChart.Height + Gap)));
        var svg = new StringBuilder($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" "
            + $"height=\"{height}\"><style>{Style}</style><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        for (var column = 0; column < s_columns.Length; column++)
        {
            svg.Append($"<text class=\"head\" x=\"{X(column) + (LineChart.Width / 2)}\" y=\"24\" text-anchor=\"middle\">{s_columns[column].Head}</text>\n");
        }

        for (var row = 0; row < results.Count; row++)
        {
            var ((pair, with, without), y) = (results[row], Top + (row * (LineChart.Height + Gap)));
            svg.Append($"<text class=\"name\" x=\"12\" y=\"{y + 60}\">{Escaped(pair.Name)}</text><text class=\"words l0\" x=\"12\" "
                + $"y=\"{y + 82}\">{Escaped(pair.Method)}</text><text class=\"words l1\" x=\"12\" y=\"{y + 100}\">{Escaped(pair.Without)}</text>\n");
            for (var column = 0; column < s_columns.Length; column++)
            {
                var (head, name, fromZero) = s_columns[column];
                var settings = new ChartSettings(FromZero: fromZero, Reference: name == "spread" ? new ReferenceLine(1, "healthy: about 1") : null);
                var place = $"x=\"{X(column)}\" y=\"{y}\" width=\"{LineChart.Width}\" height=\"{LineChart.Height}\"";
                svg.Append(LineChart.Svg(head, [("with", Curve(with, name)), ("without", Curve(without, name))], settings, place)).Append('\n');
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int X(int column) => Left + (column * (LineChart.Width + Gap));

    private static Curve Curve(CollapseRun run, string name)
    {
        if (name is not ("spread" or "scale"))
        {
            return run.Curves[name];
        }

        var points = run.Curves[name == "spread" ? MetricNames.EmbeddingStd : MetricNames.EmbeddingScale].Points;
        var factor = name == "spread" ? Math.Sqrt(run.Dimension) : 1 / Math.Max(points[0].Mean, 1e-12);
        var curve = new Curve();
        foreach (var point in points)
        {
            curve.Add(point.LastStep, point.Mean * factor);
        }

        return curve;
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
