using System.Globalization;
using System.Net;
using System.Text;

namespace Jem.Trainer.Reporting.Curves;

/// <summary>A value that a curve is compared with.</summary>
internal sealed record ReferenceLine(double Value, string Label);

/// <summary>What a chart shows.</summary>
/// <param name="Percent">The values are shares, shown in per cent.</param>
/// <param name="FromZero">The axis begins at zero; otherwise at the least value.</param>
/// <param name="Noisy">A trend is drawn over the values.</param>
internal sealed record ChartSettings(bool Percent = false, bool FromZero = false, bool Noisy = false, ReferenceLine? Reference = null);

/// <summary>Curves over steps as SVG that scales with the page. Colours come from the page's style (classes <c>line l0</c>, <c>l1</c>, …).</summary>
internal static class LineChart
{
    public const int Width = 460, Height = 210;

    private const int Left = 54, Right = 18, Top = 12, Bottom = 26;
    private const int Readings = 120;

    /// <param name="title">For readers of the page who do not see it.</param>
    /// <param name="curves">At least one, each with a point.</param>
    /// <param name="place">Attributes that place the chart in another picture.</param>
    public static string Svg(string title, IReadOnlyList<(string Name, Curve Curve)> curves, ChartSettings settings, string place = "")
    {
        var area = Area.Around(curves, settings);
        var svg = new StringBuilder();
        svg.Append($"<svg class=\"chart\" {place}{(place.Length > 0 ? " " : "")}viewBox=\"0 0 {Width} {Height}\" role=\"img\" "
            + $"aria-label=\"{WebUtility.HtmlEncode(title)} over steps\">");
        Axes(svg, area, settings);
        if (settings.Reference is { } reference && area.Y(reference.Value) is var y)
        {
            svg.Append($"<path class=\"reference\" d=\"M{Left} {N(y)}H{Width - Right}\"/><text class=\"reference\" x=\"{Width - Right - 2}\" "
                + $"y=\"{N(y - 4)}\" text-anchor=\"end\">{WebUtility.HtmlEncode(reference.Label)}</text>");
        }

        for (var i = 0; i < curves.Count; i++)
        {
            Draw(svg, area, curves[i].Curve, i, settings.Noisy && curves[i].Curve.Points.Count >= 20);
        }

        Hover(svg, area, curves, settings);
        return svg.Append("</svg>").ToString();
    }

    private static void Axes(StringBuilder svg, Area area, ChartSettings settings)
    {
        foreach (var tick in Ticks.Of(area.Low, area.High, 5))
        {
            var y = N(area.Y(tick));
            svg.Append($"<path class=\"grid\" d=\"M{Left} {y}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{y}\" dy=\".32em\" "
                + $"text-anchor=\"end\">{NumberText.Of(tick, settings.Percent)}</text>");
        }

        svg.Append($"<path class=\"axis\" d=\"M{Left} {Height - Bottom}H{Width - Right}\"/><text x=\"{Left - 12}\" y=\"{Height - 8}\" "
            + $"text-anchor=\"end\">step</text>");
        foreach (var tick in Ticks.Of(area.First, area.Last, 6, whole: true))
        {
            var x = area.X(tick);
            svg.Append($"<path class=\"axis\" d=\"M{N(x)} {Height - Bottom}v4\"/><text x=\"{N(x)}\" y=\"{Height - 8}\" "
                + $"text-anchor=\"middle\">{NumberText.Of(tick)}</text>");
        }
    }

    private static void Draw(StringBuilder svg, Area area, Curve curve, int number, bool noisy)
    {
        var points = curve.Points;
        if (points.Any(point => point.Count > 1))
        {
            var upper = points.Select(point => $"{N(area.X(point.Step))} {N(area.Y(point.Max))}");
            var lower = points.Reverse().Select(point => $"{N(area.X(point.Step))} {N(area.Y(point.Min))}");
            svg.Append($"<path class=\"band l{number}\" d=\"M{string.Join('L', upper.Concat(lower))}Z\"/>");
        }

        svg.Append($"<path class=\"line l{number}{(noisy ? " faint" : "")}\" d=\"{Path(points.Select(point => (area.X(point.Step), area.Y(point.Mean))))}\"/>");
        if (noisy)
        {
            svg.Append($"<path class=\"line l{number}\" d=\"{Path(points.Zip(curve.Trend(), (point, mean) => (area.X(point.Step), area.Y(mean))))}\"/>");
        }

        if (points.Count <= 30)
        {
            foreach (var point in points)
            {
                svg.Append($"<circle class=\"dot l{number}\" cx=\"{N(area.X(point.Step))}\" cy=\"{N(area.Y(point.Mean))}\" r=\"2.5\"/>");
            }
        }
    }

    // Upright strips that show a thin line and a reading while the pointer is over them.
    private static void Hover(StringBuilder svg, Area area, IReadOnlyList<(string Name, Curve Curve)> curves, ChartSettings settings)
    {
        var longest = curves.MaxBy(curve => curve.Curve.Points.Count).Curve.Points;
        var every = (longest.Count + Readings - 1) / Readings;
        var readings = longest.Where((_, i) => i % every == 0 || i == longest.Count - 1).ToList();
        for (var i = 0; i < readings.Count; i++)
        {
            var x = area.X(readings[i].Step);
            var from = i == 0 ? Left : (area.X(readings[i - 1].Step) + x) / 2;
            var to = i == readings.Count - 1 ? Width - Right : (x + area.X(readings[i + 1].Step)) / 2;
            var values = curves.Select(curve => Nearest(curve.Curve.Points, readings[i].Step))
                .Zip(curves, (point, curve) => $"{(curves.Count > 1 ? $"{curve.Name} " : "")}{NumberText.Of(point.Mean, settings.Percent)}"
                    + (point.Count > 1 ? $" ({NumberText.Of(point.Min, settings.Percent)} … {NumberText.Of(point.Max, settings.Percent)})" : ""));
            svg.Append($"<g class=\"strip\"><rect x=\"{N(from)}\" y=\"{Top}\" width=\"{N(Math.Max(0.5, to - from))}\" "
                + $"height=\"{Height - Top - Bottom}\"/><path d=\"M{N(x)} {Top}V{Height - Bottom}\"/><title>step {readings[i].LastStep:N0}: "
                    + $"{WebUtility.HtmlEncode(string.Join(", ", values))}</title></g>");
        }
    }

    private static CurvePoint Nearest(IReadOnlyList<CurvePoint> points, double step)
    {
        var (low, high) = (0, points.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = points[middle].Step < step ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && step - points[low - 1].Step < points[low].Step - step ? points[low - 1] : points[low];
    }

    private static string Path(IEnumerable<(double X, double Y)> points) => $"M{string.Join('L', points.Select(point => $"{N(point.X)} {N(point.Y)}"))}";

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The range of steps and values, and where they lie on the picture.</summary>
    private sealed record Area(double First, double Last, double Low, double High)
    {
        public static Area Around(IReadOnlyList<(string Name, Curve Curve)> curves, ChartSettings settings)
        {
            var points = curves.SelectMany(curve => curve.Curve.Points).ToList();
            var (low, high) = (points.Min(point => point.Min), points.Max(point => point.Max));
            if (settings.Reference is { Value: var reference })
            {
                // Room for its words above it.
                var range = Math.Max(high, reference) - Math.Min(low, settings.FromZero ? 0 : reference);
                (low, high) = (Math.Min(low, reference), Math.Max(high, reference + (0.08 * range)));
            }

            low = settings.FromZero ? Math.Min(0, low) : low;
            var margin = high > low ? (high - low) * 0.05 : Math.Max(Math.Abs(high) * 0.1, 1e-9);
            var (first, last) = (points.Min(point => point.FirstStep), points.Max(point => point.LastStep));

            // Most curves begin at step 1, which looks like 0 once there are some more.
            return new Area(
                last >= 20 * first ? 0 : first,
                last > first ? last : first + 1,
                settings.FromZero && low == 0 ? 0 : low - margin,
                settings is { Percent: true, FromZero: true } ? Math.Min(Math.Max(high + margin, 0.01), Math.Max(1, high)) : high + margin);
        }

        public double X(double step) => Left + ((step - First) / (Last - First) * (Width - Left - Right));

        public double Y(double value) => Height - Bottom - ((value - Low) / (High - Low) * (Height - Top - Bottom));
    }
}
