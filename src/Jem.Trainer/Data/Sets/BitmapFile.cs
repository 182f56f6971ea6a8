using System.Buffers.Binary;
using NetVips;

namespace Jem.Trainer.Data.Sets;

/// <summary>Windows bitmaps without compression, of 8 (palette), 24 or 32 bits per pixel: libvips does not read them itself.</summary>
internal static class BitmapFile
{
    /// <returns>sRGB bytes.</returns>
    /// <exception cref="InvalidDataException">Not such a bitmap, or cut short.</exception>
    public static Image Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (file.Length < 54 || !file.StartsWith("BM"u8))
        {
            throw new InvalidDataException("it is not a Windows bitmap");
        }

        var (offset, header, width, signedHeight) = (Int32(file, 10), Int32(file, 14), Int32(file, 18), Int32(file, 22));
        var (bits, compression) = (BinaryPrimitives.ReadInt16LittleEndian(file[28..]), Int32(file, 30));
        var height = Math.Abs((long)signedHeight);
        if (bits is not (8 or 24 or 32) || compression is not (0 or 3) || (compression == 3 && bits != 32))
        {
            throw new InvalidDataException($"bitmaps of {bits} bits with compression {compression} are not read; save it as PNG");
        }

        var stride = ((width * (long)bits) + 31) / 32 * 4;
        if (width < 1 || height < 1 || offset < 0 || header < 40 || offset + (stride * height) > file.Length || (bits == 8 && 14L + header > offset))
        {
            throw new InvalidDataException($"it is cut short: {width}×{height} pixels do not fit into {file.Length} bytes");
        }

        var palette = bits == 8 ? file[(14 + header)..offset] : [];
        var pixels = new byte[width * height * 3];
        var to = 0;
        for (var row = 0L; row < height; row++)
        {
            // A positive height means that the last row comes first.
            var from = file[(int)(offset + (stride * (signedHeight > 0 ? height - 1 - row : row)))..];
            for (var column = 0; column < width; column++, to += 3)
            {
                var colour = bits == 8 ? PaletteEntry(palette, from[column]) : from[(column * (bits / 8))..];
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (colour[2], colour[1], colour[0]);
            }
        }

        return Image.NewFromMemoryCopy(pixels, width, (int)height, 3, Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static ReadOnlySpan<byte> PaletteEntry(ReadOnlySpan<byte> palette, int index) =>
        palette.Length >= (index + 1) * 4 ? palette[(index * 4)..] : throw new InvalidDataException($"its palette lacks colour {index}");

    private static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
