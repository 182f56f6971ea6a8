namespace Jem.Imaging.Tests;

/// <summary>Images drawn by code.</summary>
internal static class TestImages
{
    /// <summary>One colour (or grey) everywhere.</summary>
    public static PlanarImage Plain(int width, int height, params byte[] colour) =>
        new((byte[])[.. colour.SelectMany(sample => Enumerable.Repeat(sample, width * height))], colour.Length, height, width);

    /// <summary>Noise, the same for the same seed.</summary>
    public static PlanarImage Noise(int width, int height, int channels, int seed)
    {
        var data = new byte[width * height * channels];
        new Random(seed).NextBytes(data);
        return new PlanarImage(data, channels, height, width);
    }

    /// <summary>Writes a plain RGB image in the format of the path's ending.</summary>
    public static string SavePlain(string path, params byte[] colour)
    {
        using var image = NetVips.Image.Black(24, 16, colour.Length) + colour.Select(sample => (double)sample).ToArray();
        using var bytes = image.Cast(NetVips.Enums.BandFormat.Uchar);
        using var coloured = bytes.Copy(interpretation: colour.Length < 3 ? NetVips.Enums.Interpretation.Bw : NetVips.Enums.Interpretation.Srgb);
        coloured.WriteToFile(path);
        return path;
    }
}
