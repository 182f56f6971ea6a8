using NetVips;

namespace Jem.Benchmarks.Data;

/// <summary>JPEG files that cost a decoder what photographs cost: smooth colours of several scales with a little grain.</summary>
internal static class PhotographLike
{
    private const int Quality = 85;

    // The short side of 160 that folders of small photographs have, at 4 : 3.
    private const int Width = 213;
    private const int Height = 160;

    /// <returns>The folder.</returns>
    public static string Write(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        Parallel.For(0, count, i =>
        {
            using var red = Plane(3 * i);
            using var green = Plane((3 * i) + 1);
            using var blue = Plane((3 * i) + 2);
            using var image = red.Bandjoin(green, blue).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
            image.Jpegsave(Path.Combine(folder, $"{i:D5}.jpg"), q: Quality);
        });
        return folder;
    }

    private static Image Plane(int seed)
    {
        using var coarse = Image.Perlin(Width, Height, cellSize: 96, seed: seed);
        using var fine = Image.Perlin(Width, Height, cellSize: 12, seed: seed);
        using var grain = Image.Gaussnoise(Width, Height, sigma: 6, mean: 128, seed: seed);
        return grain + (coarse * 90) + (fine * 30);
    }
}
