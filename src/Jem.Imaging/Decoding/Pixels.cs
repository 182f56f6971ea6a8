using Jem.Imaging.Resizing;
using NetVips;

namespace Jem.Imaging.Decoding;

/// <summary>
/// From an image of libvips to upright planes of bytes. A step that has nothing to do returns its image: for small images libvips'
/// calls cost as much as the decoding.
/// </summary>
internal static class Pixels
{
    /// <summary>Refuses samples whose range no one knows.</summary>
    /// <exception cref="InvalidDataException">They are neither of 8 nor of 16 bits.</exception>
    public static void CheckSamples(Image image, double range)
    {
        var known = image.Format is Enums.BandFormat.Uchar or Enums.BandFormat.Ushort
            || image.Interpretation is Enums.Interpretation.Lab or Enums.Interpretation.Labs;
        if (!known && (range == 0 || image.Format is Enums.BandFormat.Complex or Enums.BandFormat.Dpcomplex))
        {
            throw new InvalidDataException($"its samples are {image.Format}, expected 8 or 16 bits, or a range that says which level is white");
        }
    }

    /// <summary>An image of a TIFF whose further band means nothing is no image of colours: libvips takes such a band for transparency.</summary>
    public static Image WithMeaning(Image image, TiffDirectory tiff)
    {
        const int WhiteIsZero = 0, BlackIsZero = 1, Rgb = 2, Inks = 5, Lab = 8;
        var colours = tiff.Photometric switch
        {
            WhiteIsZero or BlackIsZero => 1,
            Rgb or Lab => 3,
            Inks => 4,
            _ => int.MaxValue - 1,
        };
        return image.Bands == colours + 1 && tiff.Extra is [] or [0, ..] ? image.Copy(interpretation: Enums.Interpretation.Multiband) : image;
    }

    /// <summary>Whether libvips' thumbnails give the colours that <see cref="Read"/> gives. They take a profile of their own for inks that have none.</summary>
    public static bool CanBeThumbnail(Image image, double range) => HasColours(image) && !IsPlainInk(image) && (range == 0 || !HasRange(image));

    public static bool IsTurned(Image image) => image.Contains("orientation") && image.Get("orientation") is not 1;

    /// <summary>A frame on its canvas, which is black to libvips.</summary>
    /// <param name="box">Where the frame is; null if it is all.</param>
    public static Image OnWhite(Image canvas, CropBox? box)
    {
        var (left, top) = (Math.Min(box?.Left ?? 0, canvas.Width - 1), Math.Min(box?.Top ?? 0, canvas.Height - 1));
        var (width, height) = (Math.Min(box?.Width ?? int.MaxValue, canvas.Width - left), Math.Min(box?.Height ?? int.MaxValue, canvas.Height - top));
        if ((width == canvas.Width && height == canvas.Height) || width == 0 || height == 0)
        {
            return canvas;
        }

        using var frame = canvas.Crop(left, top, width, height);
        return frame.Embed(left, top, canvas.Width, canvas.Height, extend: Enums.Extend.White);
    }

    /// <summary>Levels from 0 to the range as bytes. An image of 8 bits, or without a range, is the same.</summary>
    public static Image InRange(Image image, double range)
    {
        if (range == 0 || !HasRange(image))
        {
            return image;
        }

        // What is no number is black: comparing it is never true.
        using Image scaled = image * (255 / range), rounded = scaled + 0.5, isLight = rounded > 0, levels = isLight.Ifthenelse(rounded, 0);
        using var bytes = levels.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: !HasColours(image) ? Enums.Interpretation.Multiband
            : image.Bands <= 2 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    /// <summary>The image upright, in 8 bits, grey or sRGB, without transparency.</summary>
    /// <param name="size">Reduces it on the way, line by line.</param>
    public static PlanarImage Read(Image image, (int Width, int Height)? size = null)
    {
        var colours = HasColours(image);
        using var eightBit = ToEightBit(image);
        using var srgb = colours ? ColourProfile.ToSrgb(eightBit) : eightBit;
        using var opaque = colours && srgb.HasAlpha() ? srgb.Flatten(background: [255]) : srgb;
        using var reduced = size is var (width, height) ? opaque.Resize(width / (double)opaque.Width, vscale: height / (double)opaque.Height) : opaque;
        using var upright = Upright(reduced);
        using var bytes = upright.Format == Enums.BandFormat.Uchar ? upright : upright.Cast(Enums.BandFormat.Uchar);
        return Planar(bytes);
    }

    private static Image Upright(Image image)
    {
        if (!IsTurned(image))
        {
            return image;
        }

        // Files are read from top to bottom; turning needs all of the image.
        using var memory = image.CopyMemory();
        return memory.Autorot();
    }

    // TIFF calls any three or more channels RGB; those beyond transparency show that they are not.
    private static bool HasColours(Image image) => image.Interpretation switch
    {
        Enums.Interpretation.Multiband => false,
        Enums.Interpretation.Bw or Enums.Interpretation.Grey16 => image.Bands <= 2,
        Enums.Interpretation.Cmyk => image.Bands <= 5,
        _ => image.Bands <= 4,
    };

    // Lab has a range of its own.
    private static bool HasRange(Image image) =>
        image.Format != Enums.BandFormat.Uchar && image.Interpretation is not (Enums.Interpretation.Lab or Enums.Interpretation.Labs);

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

    /// <summary>Copies each plane out of libvips' memory, without a copy of all in between.</summary>
    private static unsafe PlanarImage Planar(Image image)
    {
        var (channels, plane) = (image.Bands, image.Width * image.Height);
        var pixels = image.WriteToMemory(out var length);
        try
        {
            var interleaved = new ReadOnlySpan<byte>((void*)pixels, checked((int)length));
            var planar = GC.AllocateUninitializedArray<byte>(channels * plane);
            if (channels == 1)
            {
                interleaved.CopyTo(planar);
            }

            for (var channel = 0; channel < channels && channels > 1; channel++)
            {
                var to = planar.AsSpan(channel * plane, plane);
                for (int i = 0, from = channel; i < to.Length; i++, from += channels)
                {
                    to[i] = interleaved[from];
                }
            }

            return new PlanarImage(planar, channels, image.Height, image.Width);
        }
        finally
        {
            NetVips.NetVips.Free(pixels);
        }
    }
}
