using System.Buffers.Binary;
using System.Numerics;

namespace Jem.Imaging;

/// <summary>
/// Windows bitmaps without compression, which the packaged libvips cannot read: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits
/// (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage). Transparency is ignored, as most programs do.
/// </summary>
internal static class BmpDecoder
{
    private const int FileHeader = 14, MostHeader = 1 << 10;

    /// <summary>Width and height by the header, both above 0.</summary>
    /// <param name="file">The bitmap, of which its beginning is enough.</param>
    /// <exception cref="InvalidDataException">The header is damaged or of a kind that is not supported.</exception>
    public static (int Width, int Height) Size(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader + 40 || Int32(file, 14) is < 40 or > MostHeader)
        {
            throw new InvalidDataException("the bitmap's header is cut off or of a kind before Windows 3");
        }

        var (width, height) = (Int32(file, 18), Math.Abs((long)Int32(file, 22)));
        return width > 0 && height is > 0 and <= int.MaxValue
            ? (width, (int)height)
            : throw new InvalidDataException($"a bitmap of {width}×{height} pixels is none");
    }

    /// <exception cref="InvalidDataException">The bitmap is damaged or of a kind that is not supported.</exception>
    public static PlanarImage Decode(ReadOnlySpan<byte> file)
    {
        var (width, height) = Size(file);
        var (signedHeight, bits, compression) = (Int32(file, 22), file[28], Int32(file, 30));
        var stride = ((width * (long)bits) + 31) / 32 * 4;
        var offset = Int32(file, 10);
        if (compression is not (0 or 3) || bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw new InvalidDataException($"a bitmap of {width}×{height} pixels, {bits} bits and compression {compression} is not supported");
        }

        if (offset < FileHeader || offset + (stride * height) > file.Length)
        {
            throw new InvalidDataException($"the bitmap is cut off: it needs {offset + (stride * height)} bytes and has {file.Length}");
        }

        var colour = Colours(file, bits, compression);
        var (plane, data) = (width * height, new byte[3 * width * height]);
        for (var y = 0; y < height; y++)
        {
            // A positive height means that the lowest row comes first.
            var row = file.Slice((int)(offset + (stride * (signedHeight > 0 ? height - 1 - y : y))), (int)stride);
            for (var x = 0; x < width; x++)
            {
                var rgb = colour(Sample(row, x, bits));
                var i = (y * width) + x;
                (data[i], data[plane + i], data[(2 * plane) + i]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
            }
        }

        return new PlanarImage(data, 3, height, width);
    }

    private static uint Sample(ReadOnlySpan<byte> row, int x, int bits) => bits switch
    {
        32 => BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]),
        24 => row[3 * x] | ((uint)row[(3 * x) + 1] << 8) | ((uint)row[(3 * x) + 2] << 16),
        16 => BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]),
        _ => (uint)(row[x * bits / 8] >> (8 - bits - (x * bits % 8))) & ((1u << bits) - 1),
    };

    /// <summary>From a sample to 0xRRGGBB.</summary>
    private static Func<uint, uint> Colours(ReadOnlySpan<byte> file, int bits, int compression)
    {
        var headerEnd = FileHeader + Int32(file, 14);
        if (bits <= 8)
        {
            var used = Int32(file, 46) is > 0 and <= 256 and var count ? count : 1 << bits;
            var palette = new uint[256];
            for (var i = 0; i < used && headerEnd + (4 * i) + 4 <= file.Length; i++)
            {
                palette[i] = BinaryPrimitives.ReadUInt32LittleEndian(file[(headerEnd + (4 * i))..]) & 0xFFFFFF;
            }

            return index => palette[index];
        }

        if (compression == 0 && bits >= 24)
        {
            return sample => sample & 0xFFFFFF;
        }

        // Masks follow the 40 bytes of the first header; without them 16 bits are 5 for each colour.
        if (compression == 3 && file.Length < FileHeader + 52)
        {
            throw new InvalidDataException("the bitmap's colour masks are cut off");
        }

        var (red, green, blue) = compression == 3
            ? ((uint)Int32(file, 54), (uint)Int32(file, 58), (uint)Int32(file, 62))
            : (0x7C00u, 0x3E0u, 0x1Fu);
        return sample => (Scale(sample, red) << 16) | (Scale(sample, green) << 8) | Scale(sample, blue);
    }

    private static uint Scale(uint sample, uint mask)
    {
        var shift = BitOperations.TrailingZeroCount(mask);
        return mask == 0 ? 0 : (uint)((((ulong)(sample & mask) >> shift) * 255 / (mask >> shift)));
    }

    private static int Int32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
}
