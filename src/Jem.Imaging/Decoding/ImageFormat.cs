using System.Text;

namespace Jem.Imaging.Decoding;

/// <summary>The formats that are read.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
    WebP,
    Tiff,
    Gif,
    Avif,
    Bmp,
}

/// <summary>Finds a file's format by how it begins, whatever its name. What is not in the first table never meets a decoder.</summary>
internal static class ImageFormats
{
    /// <summary>So many bytes tell.</summary>
    public const int HeadLength = 64;

    public const string Names = "JPEG, PNG, WebP, TIFF, GIF, AVIF nor BMP";

    // A dot stands for any byte.
    private static readonly (string Start, ImageFormat Format)[] s_read =
    [
        ("\u00FF\u00D8\u00FF", ImageFormat.Jpeg),
        ("\u0089PNG\r\n\u001A\n", ImageFormat.Png),
        ("RIFF....WEBP", ImageFormat.WebP),
        ("II*\0", ImageFormat.Tiff),
        ("MM\0*", ImageFormat.Tiff),
        ("II+\0", ImageFormat.Tiff),
        ("MM\0+", ImageFormat.Tiff),
        ("GIF87a", ImageFormat.Gif),
        ("GIF89a", ImageFormat.Gif),
        ("BM", ImageFormat.Bmp),
        ("....ftypavif", ImageFormat.Avif),
        ("....ftypavis", ImageFormat.Avif),
    ];

    private static readonly (string Start, string Name)[] s_refused =
    [
        ("%PDF", "a PDF document"),
        ("<svg", "an SVG drawing"),
        ("<?xml", "an SVG drawing or other XML"),
        ("<!DOCTYPE", "a web page"),
        ("<!doctype", "a web page"),
        ("<html", "a web page"),
        ("8BPS", "a Photoshop document"),
        ("\u00FF\u000A", "a JPEG XL image"),
        ("\0\0\0\u000CJXL ", "a JPEG XL image"),
        ("\0\0\0\u000CjP  ", "a JPEG 2000 image"),
        ("....ftyphe", "a HEIC image, whose decoder is not free"),
        ("....ftypmif1", "a HEIF image that is no AVIF"),
        ("....ftypmsf1", "a HEIF image that is no AVIF"),
    ];

    /// <param name="head">The first bytes of the file, at most <see cref="HeadLength"/>.</param>
    /// <exception cref="InvalidDataException">It is none of the formats that are read; the message names it if it is known.</exception>
    public static ImageFormat Of(ReadOnlySpan<byte> head)
    {
        foreach (var (start, format) in s_read)
        {
            if (Begins(head, start))
            {
                return format;
            }
        }

        var text = Encoding.Latin1.GetString(head).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        if (text.Length >= 12 && text[4..8] == "ftyp" && text.Contains("avif", StringComparison.Ordinal))
        {
            return ImageFormat.Avif;
        }

        foreach (var (start, name) in s_refused)
        {
            if (Begins(Encoding.Latin1.GetBytes(text), start))
            {
                throw new InvalidDataException($"it is {name}, and neither {Names}");
            }
        }

        throw new InvalidDataException($"it is cut short, or neither {Names}");
    }

    private static bool Begins(ReadOnlySpan<byte> head, string start)
    {
        if (head.Length < start.Length)
        {
            return false;
        }

        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] != '.' && start[i] != head[i])
            {
                return false;
            }
        }

        return true;
    }
}
