using Jem.Trainer.Reporting.Curves;

namespace Jem.Trainer.Tests.Reporting.Curves;

public class CurveTests
{
    [Test]
    public void A_long_curve_keeps_its_extremes_its_mean_and_its_bounds()
    {
        const int Steps = 1_000_000;
        var curve = new Curve();
        for (var step = 1; step <= Steps; step++)
        {
            curve.Add(step, step == 777_777 ? 1000 : step == 333 ? -5 : 1);
        }

        Assert.That(curve.Points, Has.Count.InRange(Curve.Capacity / 2, Curve.Capacity));
        Assert.That(curve.Points.Max(point => point.Max), Is.EqualTo(1000));
        Assert.That(curve.Points.Min(point => point.Min), Is.EqualTo(-5));
        Assert.That(curve.Points.Sum(point => point.Sum), Is.EqualTo(Steps + 999 - 6));
        Assert.That((curve.Points[0].FirstStep, curve.Points[^1].LastStep), Is.EqualTo((1, Steps)));
        Assert.That(curve.Points.Zip(curve.Points.Skip(1)), Is.All.Matches<(CurvePoint A, CurvePoint B)>(pair => pair.A.LastStep < pair.B.FirstStep));
    }

    [Test]
    public void A_trend_is_smoother_and_ends_where_the_curve_ends()
    {
        var curve = new Curve();
        for (var step = 1; step <= 200; step++)
        {
            curve.Add(step, step + (step % 2 == 0 ? 10 : -10));
        }

        var trend = curve.Trend();
        Assert.That(trend[^1], Is.EqualTo(210));
        Assert.That(trend[5..^5].Zip(trend[6..^4], (a, b) => Math.Abs(b - a)).Max(), Is.LessThan(5));
    }
}
