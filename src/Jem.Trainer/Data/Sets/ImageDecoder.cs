using Jem.Trainer.Views;
using NetVips;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Decodes image files to bytes with libvips: upright (EXIF), transparency on white, 16 bits to 8, CMYK and grey to sRGB.
/// Of an animation or a document the first page.
/// </summary>
internal static class ImageDecoder
{
    // A broken file is reported once, as an exception; libvips would also print. It keeps a pointer to the delegate.
    private static readonly Log.LogDelegate s_silence = (_, _, _) => { };

    static ImageDecoder()
    {
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, s_silence);

        // Many images are decoded at once, each once: neither threads within an image nor a cache of results help.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
    }

    /// <param name="channels">1 turns colours grey, 3 makes grey red-green-blue; any other number must be the file's.</param>
    /// <param name="shortSide">Reduces the image until its shorter side has this many pixels, if it has more; 0 does not.</param>
    /// <exception cref="DataException">The file cannot be decoded.</exception>
    public static PlanarImage Decode(string path, int channels, int shortSide)
    {
        try
        {
            using var loaded = Load(path, shortSide);
            using var image = channels is 1 or 3 ? ToColours(loaded, channels) : ToBytes(loaded, channels);
            return new PlanarImage(Planar(image.WriteToMemory<byte>(), image.Bands), image.Bands, image.Height, image.Width);
        }
        catch (Exception error) when (error is VipsException or InvalidDataException)
        {
            var reason = (error.InnerException as VipsException ?? error).Message.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0);
            throw new DataException($"Cannot decode the image '{path}': {reason}. Repair it or take it out of the folder.", error);
        }
    }

    private static Image Load(string path, int shortSide)
    {
        if (Path.GetExtension(path).Equals(".bmp", StringComparison.OrdinalIgnoreCase))
        {
            var bitmap = BitmapFile.Read(path);
            return Reduce(bitmap, shortSide);
        }

        var image = Image.NewFromFile(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        if (shortSide > 0 && Math.Min(image.Width, image.Height) > shortSide)
        {
            // Thumbnail decodes a photograph at an eighth, quarter or half of its size where that is enough.
            using (image)
            {
                var (width, height) = Reduced(image, shortSide);
                return Image.Thumbnail(path, width, height, size: Enums.Size.Down, noRotate: true, failOn: Enums.FailOn.Error).Autorot();
            }
        }

        return image.Autorot();
    }

    private static Image Reduce(Image image, int shortSide)
    {
        if (shortSide <= 0 || Math.Min(image.Width, image.Height) <= shortSide)
        {
            return image;
        }

        using (image)
        {
            var (width, height) = Reduced(image, shortSide);
            return image.ThumbnailImage(width, height, size: Enums.Size.Down);
        }
    }

    private static (int Width, int Height) Reduced(Image image, int shortSide)
    {
        var scale = shortSide / (double)Math.Min(image.Width, image.Height);
        return ((int)Math.Ceiling(image.Width * scale), (int)Math.Ceiling(image.Height * scale));
    }

    private static Image ToColours(Image image, int channels)
    {
        var white = image.Interpretation is Enums.Interpretation.Rgb16 or Enums.Interpretation.Grey16 ? 65535.0 : 255.0;
        using var opaque = image.HasAlpha() ? image.Flatten(background: [white]) : image.Copy();
        using var converted = opaque.Colourspace(channels == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        return ToBytes(converted, channels);
    }

    private static Image ToBytes(Image image, int channels) =>
        (image.Bands == channels, image.Format) switch
        {
            (false, _) => throw new InvalidDataException($"it has {image.Bands} channels, expected {channels}"),
            (_, Enums.BandFormat.Uchar) => image.Copy(),
            (_, Enums.BandFormat.Ushort) => image.Cast(Enums.BandFormat.Uchar, shift: true),
            _ => throw new InvalidDataException($"its levels are {image.Format}, expected 8 or 16 bits"),
        };

    private static byte[] Planar(byte[] pixels, int channels)
    {
        if (channels == 1)
        {
            return pixels;
        }

        var planar = new byte[pixels.Length];
        var length = pixels.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = planar.AsSpan(channel * length, length);
            for (int i = 0, from = channel; i < plane.Length; i++, from += channels)
            {
                plane[i] = pixels[from];
            }
        }

        return planar;
    }
}
