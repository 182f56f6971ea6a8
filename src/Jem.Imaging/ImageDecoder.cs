using Jem.Imaging.Resizing;
using NetVips;

namespace Jem.Imaging;

/// <summary>
/// Reads image files with libvips: JPEG, PNG, WebP, TIFF, GIF (its first frame) and, by <see cref="BmpDecoder"/>, BMP.
/// The result is upright (EXIF orientation), 8 bits per sample, grey or sRGB, with transparency laid on white.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Changes whenever the same file may be decoded into other samples: with libvips and with this class.</summary>
    public static string Version { get; } = $"3, libvips {LibVips.Version}";

    /// <summary>The image in a file: upright, [C, H, W], where C is 1 (grey), 3 (sRGB) or the number of channels of a file without a colour space.</summary>
    /// <param name="path">Whatever its ending says, the content decides the format.</param>
    /// <param name="shortSide">Reduces the image until its shorter side has this many pixels, if it has more; 0 does not.</param>
    /// <exception cref="UnreadableImageException">The file is damaged or no image; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static PlanarImage Decode(string path, int shortSide = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shortSide);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no image {path}.", path);
        }

        try
        {
            if (new FileInfo(path).Length == 0)
            {
                throw new InvalidDataException("it is empty");
            }

            var image = BmpDecoder.Claims(path) ? BmpDecoder.Decode(File.ReadAllBytes(path)) : Read(path, shortSide);
            return Reduced(image.Width, image.Height, shortSide) is var (width, height) ? Resizer.Resize(image, width, height) : image;
        }
        catch (Exception error) when (error is VipsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UnreadableImageException(path, Reason(error), error);
        }
    }

    private static PlanarImage Read(string path, int shortSide)
    {
        using var file = Image.NewFromFile(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        if (file.Format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort)
            && file.Interpretation is not (Enums.Interpretation.Scrgb or Enums.Interpretation.Lab or Enums.Interpretation.Labs))
        {
            throw new InvalidDataException($"its samples are {file.Format}, expected 8 or 16 bits");
        }

        if (!HasColours(file) || IsPlainInk(file) || Reduced(file.Width, file.Height, shortSide) is not var (width, height))
        {
            return Read(file);
        }

        // Thumbnail decodes a photograph at an eighth, quarter or half of its size where that is enough; it needs a colour space,
        // and would take a profile of its own for inks that have none.
        using var thumbnail = Image.Thumbnail(path, width, height, size: Enums.Size.Down, noRotate: true, failOn: Enums.FailOn.Error);
        return Read(thumbnail);
    }

    private static (int Width, int Height)? Reduced(int width, int height, int shortSide)
    {
        var scale = shortSide / (double)Math.Min(width, height);
        return scale is > 0 and < 1 ? ((int)Math.Ceiling(width * scale), (int)Math.Ceiling(height * scale)) : null;
    }

    // A step that has nothing to do returns its image: for small images libvips' calls cost as much as the decoding.
    internal static PlanarImage Read(Image file)
    {
        using var upright = Upright(file);
        using var eightBit = ToEightBit(upright);
        using var opaque = HasColours(file) && eightBit.HasAlpha() ? eightBit.Flatten(background: [255]) : eightBit;
        using var bytes = opaque.Format == Enums.BandFormat.Uchar ? opaque : opaque.Cast(Enums.BandFormat.Uchar);
        return new PlanarImage(ToPlanar(bytes.WriteToMemory<byte>(), bytes.Bands), bytes.Bands, bytes.Height, bytes.Width);
    }

    private static Image Upright(Image file)
    {
        if (!file.Contains("orientation") || file.Get("orientation") is 1)
        {
            return file;
        }

        // Files are read from top to bottom; turning needs all of the image.
        using var memory = file.CopyMemory();
        return memory.Autorot();
    }

    // TIFF calls any three or more channels RGB; those beyond transparency show that they are not.
    private static bool HasColours(Image image) => image.Interpretation switch
    {
        Enums.Interpretation.Multiband => false,
        Enums.Interpretation.Bw or Enums.Interpretation.Grey16 => image.Bands <= 2,
        Enums.Interpretation.Cmyk => true,
        _ => image.Bands <= 4,
    };

    // Samples without a colour space (satellite bands, say) are kept as they are: there is nothing to convert them by.
    private static Image ToEightBit(Image image) => (HasColours(image), image.Interpretation) switch
    {
        (false, _) => image.Format == Enums.BandFormat.Ushort ? image.Cast(Enums.BandFormat.Uchar, shift: true) : image,
        (_, Enums.Interpretation.Bw or Enums.Interpretation.Srgb) when image.Format == Enums.BandFormat.Uchar => image,
        (_, Enums.Interpretation.Bw or Enums.Interpretation.Grey16) => image.Colourspace(Enums.Interpretation.Bw),
        _ when IsPlainInk(image) => Light(image),
        _ => image.Colourspace(Enums.Interpretation.Srgb),
    };

    private static bool IsPlainInk(Image image) => image.Interpretation == Enums.Interpretation.Cmyk && !image.Contains("icc-profile-data");

    // Inks without a profile are what browsers and Pillow show: each takes its share of red, green or blue, and black takes of all.
    private static Image Light(Image inks)
    {
        using var bytes = inks.Format == Enums.BandFormat.Ushort ? inks.Cast(Enums.BandFormat.Uchar, shift: true) : inks.Copy();
        using Image left = bytes.ExtractBand(0, n: 4).Invert(), black = left[3], colours = left.ExtractBand(0, n: 3);
        using Image light = (colours * black / 255).Rint(), rgb = light.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return bytes.Bands > 4 ? rgb.Bandjoin(bytes[4]) : rgb.Copy();
    }

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

    private static string Reason(Exception error)
    {
        var reason = LibVips.Reason(error);
        return reason.EndsWith("is not a known file format", StringComparison.Ordinal)
            ? "it is cut short, or neither JPEG, PNG, WebP, TIFF, GIF nor BMP."
            : $"{reason}.";
    }
}
