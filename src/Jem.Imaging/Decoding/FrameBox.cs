using System.Buffers.Binary;
using Jem.Imaging.Resizing;

namespace Jem.Imaging.Decoding;

/// <summary>Where the first frame of an animation lies on its canvas, by the file itself: decoders fill the rest with black.</summary>
internal static class FrameBox
{
    /// <summary>Null where the file does not say, or is damaged.</summary>
    public static CropBox? Of(ImageFormat format, string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        try
        {
            return format switch
            {
                ImageFormat.Gif => Gif(file),
                ImageFormat.WebP => WebP(file),
                _ => null,
            };
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>GIF89a (https://www.w3.org/Graphics/GIF/spec-gif89a.txt): a header, a palette, extensions, then an image descriptor.</summary>
    private static CropBox? Gif(BinaryReader file)
    {
        const int Flags = 10, Extension = 0x21, Descriptor = 0x2C;
        Skip(file, Flags);
        var flags = file.ReadByte();
        Skip(file, 2 + ((flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1)));
        int block;
        while ((block = file.ReadByte()) == Extension)
        {
            Skip(file, 1);
            for (var length = file.ReadByte(); length > 0; length = file.ReadByte())
            {
                Skip(file, length);
            }
        }

        return block == Descriptor ? new CropBox(file.ReadUInt16(), file.ReadUInt16(), file.ReadUInt16(), file.ReadUInt16()) : null;
    }

    /// <summary>RIFF chunks (https://developers.google.com/speed/webp/docs/riff_container): the first ANMF is the first frame.</summary>
    private static CropBox? WebP(BinaryReader file)
    {
        const int FirstChunk = 12, Features = 10, Animated = 2;
        Skip(file, FirstChunk);
        if (file.ReadUInt32() != BinaryPrimitives.ReadUInt32LittleEndian("VP8X"u8) || file.ReadUInt32() != Features || (file.ReadByte() & Animated) == 0)
        {
            return null;
        }

        Skip(file, Features - 1);
        while (true)
        {
            var (name, length) = (file.ReadUInt32(), file.ReadUInt32());
            if (name == BinaryPrimitives.ReadUInt32LittleEndian("ANMF"u8))
            {
                return new CropBox(2 * Int24(file), 2 * Int24(file), Int24(file) + 1, Int24(file) + 1);
            }

            Skip(file, length + (length & 1));
        }
    }

    private static void Skip(BinaryReader file, long bytes) => file.BaseStream.Seek(bytes, SeekOrigin.Current);

    private static int Int24(BinaryReader file) => file.ReadByte() | (file.ReadByte() << 8) | (file.ReadByte() << 16);
}
