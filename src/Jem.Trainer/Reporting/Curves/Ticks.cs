namespace Jem.Trainer.Reporting.Curves;

/// <summary>Where an axis has its marks: multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class Ticks
{
    /// <summary>The marks within [low, high], at most <paramref name="most"/> + 1 of them.</summary>
    /// <param name="whole">Only whole numbers, as for steps.</param>
    public static IReadOnlyList<double> Of(double low, double high, int most, bool whole = false)
    {
        if (!(high > low))
        {
            return [low];
        }

        var raw = (high - low) / most;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var distance = power * new[] { 1, 2, 5, 10 }.First(factor => factor * power >= raw * (1 - 1e-9));
        distance = whole ? Math.Max(1, distance) : distance;
        var first = (long)Math.Ceiling((low / distance) - 1e-9);
        var last = (long)Math.Floor((high / distance) + 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * distance)];
    }
}
