namespace Jem.Trainer.Data.Sets;

/// <summary>A class of the synthetic set: what belongs to a shape of radius 1 around the origin, y upwards.</summary>
internal sealed record ShapeClass(string Name, Func<double, double, bool> Contains)
{
    /// <summary>The classes. None is another one turned or enlarged.</summary>
    public static IReadOnlyList<ShapeClass> All { get; } =
    [
        new("circle", (x, y) => Disc(x, y, 1)),
        new("ring", (x, y) => Disc(x, y, 1) && !Disc(x, y, 0.6)),
        new("crescent", (x, y) => Disc(x, y, 1) && !Disc(x - 0.5, y, 0.8)),
        new("square", Polygon([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)])),
        new("triangle", Polygon(Star(3, 0.5))),
        new("star", Polygon(Star(5, 0.4))),
        new("cross", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.95 && Math.Min(Math.Abs(x), Math.Abs(y)) < 0.3),
        new("bars", (x, y) => Math.Abs(x) < 0.9 && Math.Abs(y) is > 0.25 and < 0.8),
    ];

    private static bool Disc(double x, double y, double radius) => (x * x) + (y * y) < radius * radius;

    /// <summary>A star's corners, alternately at radius 1 and at an inner radius; at 0.5 three points make a triangle.</summary>
    private static (double X, double Y)[] Star(int points, double inner) =>
        [.. Enumerable.Range(0, 2 * points).Select(i =>
        {
            var (sin, cos) = Math.SinCos(Math.PI * i / points);
            var radius = i % 2 == 0 ? 1 : inner;
            return (radius * sin, radius * cos);
        })];

    /// <summary>Inside is where a ray to the right crosses the border an odd number of times.</summary>
    private static Func<double, double, bool> Polygon((double X, double Y)[] corners) => (x, y) =>
    {
        var inside = false;
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            var (a, b) = (corners[i], corners[j]);
            if (a.Y > y != b.Y > y && x < a.X + ((y - a.Y) / (b.Y - a.Y) * (b.X - a.X)))
            {
                inside = !inside;
            }
        }

        return inside;
    };
}
