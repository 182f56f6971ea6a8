using NetVips;

namespace Jem.Imaging.Decoding;

/// <summary>Compares what a file asks for with <see cref="ImageLimits"/>. Every check throws <see cref="InvalidDataException"/>.</summary>
internal static class ImageBounds
{
    public static void CheckBytes(long bytes, ImageLimits limits) => Check(bytes <= limits.FileBytes, $"it has {bytes:N0} bytes", $"{limits.FileBytes:N0}");

    public static void CheckSize(int width, int height, ImageLimits limits)
    {
        Check(width <= limits.Side && height <= limits.Side, $"it has {width}×{height} pixels", $"{limits.Side:N0} for a side");
        Check((long)width * height <= limits.Pixels, $"it has {width}×{height} pixels", $"{limits.Pixels:N0} pixels");
    }

    public static void CheckPages(int pages, ImageLimits limits) => Check(pages <= limits.Pages, "it has many pages or frames", $"{limits.Pages:N0}");

    public static void CheckScans(int scans, ImageLimits limits) => Check(scans <= limits.Scans, "it has many scans", $"{limits.Scans}");

    public static void CheckMemory(int width, int height, long bytes, ImageLimits limits) => Check(
        bytes <= Math.Min(limits.Memory, Array.MaxLength),
        $"its {width}×{height} pixels take {bytes >> 20:N0} MiB while they are decoded",
        $"{Math.Min(limits.Memory, Array.MaxLength) >> 20:N0}");

    /// <summary>Whether a file is decoded in several passes, so that all of it is in memory.</summary>
    public static bool IsKeptWhole(ImageFormat format, Image image) => format switch
    {
        ImageFormat.Jpeg => image.Contains("interlaced") || (image.Contains("jpeg-multiscan") && image.Get("jpeg-multiscan") is 1),
        ImageFormat.Png => image.Contains("interlaced"),
        ImageFormat.WebP or ImageFormat.Gif or ImageFormat.Avif => true,
        _ => false,
    };

    /// <summary>Bytes that the decoder takes beside the result, at most.</summary>
    /// <param name="tiff">Null for other formats.</param>
    public static long Memory(ImageFormat format, Image image, TiffDirectory? tiff)
    {
        var (pixels, sample) = ((long)image.Width * image.Height, image.Format == Enums.BandFormat.Uchar ? 1 : 2);
        return (format, IsKeptWhole(format, image)) switch
        {
            // Coefficients of 16 bits.
            (ImageFormat.Jpeg, true) => pixels * image.Bands * 2,
            (ImageFormat.Png, true) => pixels * image.Bands * sample,
            // Planes of luma and colour, then pixels of 4 bytes.
            (ImageFormat.Avif, _) => pixels * 12,
            (_, true) => pixels * 4,
            _ when tiff is not null => tiff.TileHeight * (image.Width + tiff.TileWidth) * image.Bands * SampleBytes(image.Format),
            _ => 0,
        };
    }

    private static int SampleBytes(Enums.BandFormat format) => format switch
    {
        Enums.BandFormat.Uchar or Enums.BandFormat.Char => 1,
        Enums.BandFormat.Ushort or Enums.BandFormat.Short => 2,
        Enums.BandFormat.Uint or Enums.BandFormat.Int or Enums.BandFormat.Float => 4,
        _ => 16,
    };

    private static void Check(bool fits, string has, string most)
    {
        if (!fits)
        {
            throw new InvalidDataException($"{has}, more than {most}");
        }
    }
}
