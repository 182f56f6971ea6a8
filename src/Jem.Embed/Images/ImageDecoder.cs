using NetVips;

namespace Jem.Embed.Images;

/// <summary>
/// Reads image files with libvips: JPEG, PNG, WebP, TIFF, GIF (its first frame) and, by <see cref="BmpDecoder"/>, BMP.
/// The result is upright (EXIF orientation), 8 bits per sample, grey or sRGB, with transparency laid on white.
/// </summary>
public static class ImageDecoder
{
    static ImageDecoder()
    {
        // Many images are decoded at once, one per thread, and none twice: a cache would only return files that have changed since.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
    }

    /// <exception cref="EmbedException">The file is missing, damaged or no image; the message names it.</exception>
    public static Image8 Decode(string path)
    {
        if (!File.Exists(path))
        {
            throw new EmbedException($"There is no image {path}.");
        }

        try
        {
            if (BmpDecoder.Claims(path))
            {
                return BmpDecoder.Decode(File.ReadAllBytes(path));
            }

            using var file = Image.NewFromFile(path, failOn: Enums.FailOn.Error);
            return Read(file);
        }
        catch (Exception error) when (error is VipsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new EmbedException($"Cannot read {path} as an image: {Reason(error)}", error);
        }
    }

    private static Image8 Read(Image file)
    {
        using var upright = file.Autorot();
        using var eightBit = ToEightBit(upright);
        using var opaque = IsColour(eightBit) && eightBit.HasAlpha() ? eightBit.Flatten(background: [255]) : eightBit.Copy();
        using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
        return new Image8(bytes.Width, bytes.Height, bytes.Bands, ToPlanar(bytes.WriteToMemory<byte>(), bytes.Bands));
    }

    private static bool IsColour(Image image) => image.Interpretation is Enums.Interpretation.Bw or Enums.Interpretation.Srgb;

    // Samples without a colour space (satellite bands, say) are kept as they are: there is nothing to convert them by.
    private static Image ToEightBit(Image image) => image.Interpretation switch
    {
        Enums.Interpretation.Multiband => image.Format == Enums.BandFormat.Ushort ? image >> 8 : image.Copy(),
        Enums.Interpretation.Bw or Enums.Interpretation.Grey16 => image.Colourspace(Enums.Interpretation.Bw),
        _ => image.Colourspace(Enums.Interpretation.Srgb),
    };

    private static byte[] ToPlanar(byte[] interleaved, int channels)
    {
        if (channels == 1)
        {
            return interleaved;
        }

        var planar = new byte[interleaved.Length];
        var size = interleaved.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = planar.AsSpan(channel * size, size);
            for (int i = 0, from = channel; i < plane.Length; i++, from += channels)
            {
                plane[i] = interleaved[from];
            }
        }

        return planar;
    }

    // libvips answers with several lines; the last one that says something is the cause.
    private static string Reason(Exception error)
    {
        var lines = (error.InnerException ?? error).Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it is damaged." : $"{lines[^1].TrimEnd('.')}.";
    }
}
