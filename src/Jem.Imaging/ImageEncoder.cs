using Jem.Imaging.Files;
using NetVips;

namespace Jem.Imaging;

/// <summary>Writes pictures: grey (1 channel), RGB (3), or RGB and opacity (4).</summary>
public static class ImageEncoder
{
    static ImageEncoder() => LibVips.SetUp();

    /// <summary>The bytes of a PNG file: every level as it is.</summary>
    /// <exception cref="ArgumentException">The image has another number of channels.</exception>
    public static byte[] ToPng(PlanarImage image) => Encode(image, picture => picture.PngsaveBuffer());

    /// <summary>The bytes of a WebP file: smaller than PNG, near to the levels.</summary>
    /// <param name="quality">1–100.</param>
    /// <inheritdoc cref="ToPng"/>
    public static byte[] ToWebP(PlanarImage image, int quality = 85) => Encode(image, picture => picture.WebpsaveBuffer(q: quality, smartSubsample: true));

    /// <summary>The PNG as text that an <c>img</c> of a page takes as its source.</summary>
    /// <inheritdoc cref="ToPng"/>
    public static string ToPngUri(PlanarImage image) => $"data:image/png;base64,{Convert.ToBase64String(ToPng(image))}";

    /// <summary>The WebP as text that an <c>img</c> of a page takes as its source.</summary>
    /// <inheritdoc cref="ToWebP"/>
    public static string ToWebPUri(PlanarImage image, int quality = 85) => $"data:image/webp;base64,{Convert.ToBase64String(ToWebP(image, quality))}";

    /// <summary>Writes a file, whole or not at all; its ending chooses the format: <c>.png</c>, <c>.jpg</c>, <c>.webp</c>, <c>.tif</c>, <c>.gif</c>.</summary>
    /// <exception cref="ArgumentException">The image has another number of channels.</exception>
    /// <exception cref="JemException">There is no format of that ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(PlanarImage image, string path)
    {
        byte[] bytes;
        try
        {
            bytes = Encode(image, picture => picture.WriteToBuffer(Path.GetExtension(path).ToLowerInvariant()));
        }
        catch (VipsException error)
        {
            var ending = Path.GetExtension(path);
            throw new JemException(
                $"Cannot write the picture {path}: {LibVips.Reason(error)}. Its ending is '{ending}'; expected .png, .jpg, .webp, .tif or .gif.", error);
        }

        AtomicFile.Write(path, bytes);
    }

    private static byte[] Encode(PlanarImage image, Func<Image, byte[]> encode)
    {
        if (image.Channels is not (1 or 3 or 4))
        {
            throw new ArgumentException($"A picture is grey, RGB, or RGB and opacity; the image has {image.Channels} channels.", nameof(image));
        }

        var interpretation = image.Channels == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb;
        using var pixels = Image.NewFromMemory(Interleaved(image), image.Width, image.Height, image.Channels, Enums.BandFormat.Uchar);
        using var coloured = pixels.Copy(interpretation: interpretation);
        return encode(coloured);
    }

    /// <summary>[H, W, C].</summary>
    private static byte[] Interleaved(PlanarImage image)
    {
        var (interleaved, channels) = (new byte[image.Pixels.Length], image.Channels);
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = image.Plane(channel);
            for (int i = 0, to = channel; i < plane.Length; i++, to += channels)
            {
                interleaved[to] = plane[i];
            }
        }

        return interleaved;
    }
}
