using Jem.Imaging.Decoding;
using Jem.Imaging.Resizing;
using Microsoft.Win32.SafeHandles;
using NetVips;

namespace Jem.Imaging;

/// <summary>
/// Reads image files with libvips: JPEG, PNG, WebP, TIFF, GIF, AVIF and, by <see cref="BmpDecoder"/>, BMP; of several pages or frames the first.
/// The result is upright (EXIF orientation), 8 bits per sample, grey or sRGB (a colour profile is honoured), with transparency laid on white.
/// </summary>
public static class ImageDecoder
{
    // What is not reduced by libvips' thumbnails is held whole up to so many bytes, and reduced line by line above.
    private const long Whole = 1 << 26;
    private static readonly Lock s_large = new();

    /// <summary>Changes whenever the same file may be decoded into other samples: with libvips and with this class.</summary>
    public static string Version { get; } = $"5, libvips {LibVips.Version}";

    /// <summary>The image in a file: upright, [C, H, W], where C is 1 (grey), 3 (sRGB) or the number of channels of a file without a colour space.</summary>
    /// <inheritdoc cref="Read"/>
    public static PlanarImage Decode(string path, DecodeOptions? options = null) => Read(path, options).Image;

    /// <summary>The image in a file, and what a person should know of the file.</summary>
    /// <param name="path">Whatever its ending says, the content decides the format.</param>
    /// <param name="options">How it is read; null for the image as it is.</param>
    /// <exception cref="UnreadableImageException">The file is damaged, no image, or asks for too much; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static DecodedImage Read(string path, DecodeOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no image {path}.", path);
        }

        try
        {
            return LibVips.WithOwnReason(() => Open(path, options ?? DecodeOptions.Default));
        }
        catch (Exception error) when (error is not (OutOfMemoryException or TypeInitializationException))
        {
            // Whatever is wrong with one file, the others can be read. Without libvips none can.
            throw new UnreadableImageException(path, $"{LibVips.Reason(error)}.", error);
        }
    }

    private static DecodedImage Open(string path, DecodeOptions options)
    {
        // The length of a pipe is 0, and opening one may never end.
        var length = new FileInfo(path).Length;
        if (length == 0)
        {
            throw new InvalidDataException("it is empty");
        }

        ImageBounds.CheckBytes(length, options.Limits);
        using var file = File.OpenHandle(path);
        Span<byte> head = stackalloc byte[ImageFormats.HeadLength];
        head = head[..RandomAccess.Read(file, head, 0)];
        var format = ImageFormats.Of(head);
        return format == ImageFormat.Bmp ? Bitmap(path, head, length, options) : Open(path, file, format, options);
    }

    private static DecodedImage Bitmap(string path, ReadOnlySpan<byte> head, long length, DecodeOptions options)
    {
        var (width, height) = BmpDecoder.Size(head);
        ImageBounds.CheckSize(width, height, options.Limits);
        return WithRoom(width, height, length + (3L * width * height), options.Limits, () =>
        {
            var image = BmpDecoder.Decode(File.ReadAllBytes(path));
            return new DecodedImage(Reduced(image, options), 1, false);
        });
    }

    private static DecodedImage Open(string path, SafeFileHandle file, ImageFormat format, DecodeOptions options)
    {
        var tiff = format == ImageFormat.Tiff ? TiffDirectory.Read(file, options.Limits.Pages) : null;
        if (tiff is { IsPlainYCbCr: true })
        {
            throw new InvalidDataException("its colours are YCbCr without JPEG compression, which is not supported");
        }

        using var opened = Image.NewFromFile(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        using var image = tiff is null ? opened : Pixels.WithMeaning(opened, tiff);
        ImageBounds.CheckSize(image.Width, image.Height, options.Limits);
        var pages = tiff?.Pages ?? (image.Contains("n-pages") && image.Get("n-pages") is int count ? count : 1);
        ImageBounds.CheckPages(pages, options.Limits);
        var passes = format == ImageFormat.Jpeg && ImageBounds.IsKeptWhole(format, image) ? JpegScans.Count(file, options.Limits.Scans) : 1;
        ImageBounds.CheckScans(passes, options.Limits);
        Pixels.CheckSamples(image, options.Range);

        var deep = image.Format != Enums.BandFormat.Uchar;
        var size = ReducedSize(image.Width, image.Height, options);
        var box = format is ImageFormat.Gif or ImageFormat.WebP && !image.HasAlpha() ? FrameBox.Of(format, path) : null;
        var thumbnail = size is not null && box is null && Pixels.CanBeThumbnail(image, options.Range);
        var streamed = thumbnail || (size is not null && (long)image.Width * image.Height * image.Bands > Whole);
        var (width, height) = streamed ? size!.Value : (image.Width, image.Height);
        var memory = ImageBounds.Memory(format, image, tiff) + ((long)width * height * image.Bands * (Pixels.IsTurned(image) ? 3 : 2));
        return WithRoom(image.Width, image.Height, memory, options.Limits, () =>
        {
            if (!thumbnail)
            {
                using var framed = Pixels.OnWhite(image, box);
                using var levels = Pixels.InRange(framed, options.Range);
                return new DecodedImage(Reduced(Pixels.Read(levels, streamed ? size : null), options), pages, deep);
            }

            // It decodes a photograph at an eighth, quarter or half of its size where that is enough.
            using var small = Image.Thumbnail(path, width, height, size: Enums.Size.Down, noRotate: true, failOn: Enums.FailOn.Error);
            return new DecodedImage(Reduced(Pixels.Read(small), options), pages, deep);
        });
    }

    // However many threads decode, they hold one large image and a few small ones.
    private static DecodedImage WithRoom(int width, int height, long memory, ImageLimits limits, Func<DecodedImage> decode)
    {
        ImageBounds.CheckMemory(width, height, memory, limits);
        if (memory <= limits.Memory / 4)
        {
            return decode();
        }

        lock (s_large)
        {
            return decode();
        }
    }

    private static PlanarImage Reduced(PlanarImage image, DecodeOptions options) =>
        ReducedSize(image.Width, image.Height, options) is var (width, height) ? Resizer.Resize(image, width, height) : image;

    private static (int Width, int Height)? ReducedSize(int width, int height, DecodeOptions options)
    {
        var (side, shorter) = ((long)options.ShortSide, Math.Min(width, height));
        // The longer side is rounded as libvips does it.
        int Scaled(int length) => (int)(((2 * length * side) + shorter) / (2 * shorter));
        return side > 0 && side < shorter && (long)width * height > options.ReduceAbove ? (Scaled(width), Scaled(height)) : null;
    }
}
