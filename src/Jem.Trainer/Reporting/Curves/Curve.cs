namespace Jem.Trainer.Reporting.Curves;

/// <summary>One number over the steps of a run, in bounded memory: when its points are too many for a chart, neighbours merge.</summary>
internal sealed class Curve
{
    /// <summary>About the columns of pixels that a chart has; between half of it and all of it are kept.</summary>
    public const int Capacity = 512;

    private readonly List<CurvePoint> _points = [];
    private int _span = 1;

    /// <summary>In the order of steps.</summary>
    public IReadOnlyList<CurvePoint> Points => _points;

    public double Last { get; private set; } = double.NaN;

    /// <summary>Adds a value. What was logged for this or a later step was lost with an interruption and done again: it goes.</summary>
    /// <param name="step">≥ 0.</param>
    /// <param name="value">Finite.</param>
    public void Add(long step, double value)
    {
        while (_points is [.., var later] && later.FirstStep >= step)
        {
            _points.RemoveAt(_points.Count - 1);
        }

        Last = value;
        if (_points is [.., var last] && last.Count < _span)
        {
            _points[^1] = last.Merge(new CurvePoint(step, step, value, value, value, 1));
            return;
        }

        _points.Add(new CurvePoint(step, step, value, value, value, 1));
        if (_points.Count == Capacity)
        {
            for (var i = 0; i < Capacity / 2; i++)
            {
                _points[i] = _points[2 * i].Merge(_points[(2 * i) + 1]);
            }

            _points.RemoveRange(Capacity / 2, Capacity / 2);
            _span *= 2;
        }
    }

    /// <summary>The means of neighbouring points, a fortieth of the curve to each side: the trend of a noisy curve.</summary>
    public double[] Trend()
    {
        var reach = Math.Max(1, _points.Count / 40);
        return [.. Enumerable.Range(0, _points.Count).Select(i =>
        {
            // The same number on both sides, so that the ends are not drawn towards the middle.
            var side = Math.Min(reach, Math.Min(i, _points.Count - 1 - i));
            return _points.GetRange(i - side, (2 * side) + 1).Average(point => point.Mean);
        })];
    }
}

/// <summary>One or more neighbouring values of a curve.</summary>
internal readonly record struct CurvePoint(long FirstStep, long LastStep, double Min, double Max, double Sum, long Count)
{
    public double Step => (FirstStep + LastStep) / 2.0;

    public double Mean => Sum / Count;

    public CurvePoint Merge(CurvePoint later) =>
        new(FirstStep, later.LastStep, Math.Min(Min, later.Min), Math.Max(Max, later.Max), Sum + later.Sum, Count + later.Count);
}
