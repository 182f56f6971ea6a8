using Jem.Graphs.Seeding;

namespace Jem.Trainer.Data.Sets;

/// <summary>Paints one shape of random colour, place, size and turn on a clouded, noisy ground of another colour.</summary>
internal static class ShapePainter
{
    private const int Samples = 4;

    /// <summary>Smallest difference between the mean levels of shape and ground, of 255; either may be the brighter one.</summary>
    private const double Contrast = 60;

    /// <summary>
    /// How far a channel may be from the mean level. Strong colours would tell images apart, and views would be matched by them instead of by shapes.
    /// </summary>
    private const double Tint = 20;

    /// <returns>Planar [C, S, S].</returns>
    public static byte[] Paint(ShapeClass shape, ref SeededRandom random, int side, int channels)
    {
        var coverage = Coverage(shape, ref random, side);
        var (front, back) = Colours(ref random, channels);
        var ground = Clouds(ref random, side, 20);
        var surface = Clouds(ref random, side, 12);
        var pixels = new byte[channels * side * side];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (channel, at) = (i / coverage.Length, i % coverage.Length);
            var level = back[channel] + ground[at] + (coverage[at] * (front[channel] + surface[at] - back[channel] - ground[at]));
            pixels[i] = (byte)Math.Clamp(level + (16 * random.NextNormal()), 0, 255);
        }

        return pixels;
    }

    /// <summary>How much of each pixel belongs to the shape, 0–1, from a grid of samples within the pixel.</summary>
    private static double[] Coverage(ShapeClass shape, ref SeededRandom random, int side)
    {
        var radius = side * random.NextDouble(0.2, 0.36);
        var (centerX, centerY) = (random.NextDouble(0.9 * radius, side - (0.9 * radius)), random.NextDouble(0.9 * radius, side - (0.9 * radius)));
        var (sin, cos) = Math.SinCos(random.NextDouble(-Math.PI / 5, Math.PI / 5));
        var coverage = new double[side * side];
        for (var i = 0; i < coverage.Length * Samples * Samples; i++)
        {
            var (pixel, sample) = (i / (Samples * Samples), i % (Samples * Samples));
            var dx = ((pixel % side) + (((sample % Samples) + 0.5) / Samples) - centerX) / radius;
            var dy = (centerY - (pixel / side) - (((sample / Samples) + 0.5) / Samples)) / radius;
            if (Math.Abs(dx) < 1.3 && Math.Abs(dy) < 1.3 && shape.Contains((dx * cos) + (dy * sin), (dy * cos) - (dx * sin)))
            {
                coverage[pixel] += 1.0 / (Samples * Samples);
            }
        }

        return coverage;
    }

    private static (double[] Front, double[] Back) Colours(ref SeededRandom random, int channels)
    {
        var (front, back) = (new double[channels], new double[channels]);
        var (bright, dark) = (0.0, 0.0);
        while (Math.Abs(bright - dark) < Contrast)
        {
            (bright, dark) = (random.NextDouble(30, 225), random.NextDouble(30, 225));
        }

        for (var channel = 0; channel < channels; channel++)
        {
            front[channel] = bright + random.NextDouble(-Tint, Tint);
            back[channel] = dark + random.NextDouble(-Tint, Tint);
        }

        return (front, back);
    }

    /// <summary>Smooth random levels: normal numbers on a coarse grid of four cells, bilinear between them.</summary>
    private static double[] Clouds(ref SeededRandom random, int side, double strength)
    {
        const int Cells = 4;
        Span<double> grid = stackalloc double[(Cells + 1) * (Cells + 1)];
        foreach (ref var knot in grid)
        {
            knot = strength * random.NextNormal();
        }

        var clouds = new double[side * side];
        for (var i = 0; i < clouds.Length; i++)
        {
            var (x, y) = ((double)Cells * (i % side) / side, (double)Cells * (i / side) / side);
            var (column, row) = ((int)x, (int)y);
            var knot = (row * (Cells + 1)) + column;
            var top = double.Lerp(grid[knot], grid[knot + 1], x - column);
            var bottom = double.Lerp(grid[knot + Cells + 1], grid[knot + Cells + 2], x - column);
            clouds[i] = double.Lerp(top, bottom, y - row);
        }

        return clouds;
    }
}
