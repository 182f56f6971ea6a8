using Jem.Shared;

namespace Jem.Trainer.Views;

/// <summary>How much a pixel counts for a resized one, by the distance between their centres in pixels of the coarser line.</summary>
/// <param name="Support">Distance from which on the weight is 0, before widening.</param>
/// <param name="Antialias">
/// Whether the filter widens with the scale when a line shrinks, and pixels beyond its ends are left out (as PIL does);
/// otherwise it keeps its width and the ends repeat (torch.nn.functional.interpolate without antialias).
/// </param>
internal sealed record ResizeFilter(double Support, bool Antialias, Func<double, double> Weight)
{
    private static readonly ResizeFilter s_nearest = new(0.5, false, _ => 1);

    // Keys (1981) has a = −0.5 as the cubic of third order; torch takes it only with antialias, and −0.75 without.
    private static readonly (string Name, ResizeFilter Smooth, ResizeFilter Plain)[] s_rows =
    [
        ("bilinear", new(1, true, Triangle), new(1, false, Triangle)),
        ("bicubic", new(2, true, x => Cubic(x, -0.5)), new(2, false, x => Cubic(x, -0.75))),
        ("nearest", s_nearest, s_nearest),
    ];

    public static IEnumerable<string> Names => s_rows.Select(row => row.Name);

    /// <exception cref="ArgumentException">There is no such interpolation.</exception>
    public static ResizeFilter Get(string name, bool antialias)
    {
        foreach (var row in s_rows)
        {
            if (row.Name == name)
            {
                return antialias ? row.Smooth : row.Plain;
            }
        }

        throw new ArgumentException($"Unknown views.interpolation '{name}'. Did you mean '{Nearest.To(name, Names)}'? There are {string.Join(", ", Names)}.");
    }

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    /// <summary>The cubic convolution of Keys (1981) with slope a at distance 1.</summary>
    private static double Cubic(double distance, double a)
    {
        var x = Math.Abs(distance);
        return x < 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x * a) - (4 * a)
            : 0;
    }
}
