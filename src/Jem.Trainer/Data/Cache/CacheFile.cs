using System.Security.Cryptography;
using System.Text;
using Jem.Imaging.Files;

namespace Jem.Trainer.Data.Cache;

/// <summary>
/// A cache on the disk: the pixels of images, then an index with what is known of every file, then where the index is and
/// its checksum. A file that ends early or was altered in its index is not taken for a cache. Each image has a checksum of its own,
/// so that opening a large cache does not mean reading it.
/// </summary>
/// <param name="Limit">The room there was when it was written.</param>
/// <param name="Pixels">The file in memory; offsets of images count from its beginning.</param>
internal sealed record CacheFile(long Limit, IReadOnlyList<CachedImage> Images, MappedMemory<byte> Pixels)
{
    /// <summary>Changes with the layout.</summary>
    public const int Version = 3;

    private const int HashLength = 32, TailLength = 16 + HashLength;

    /// <summary>Null where there is no cache, or a broken one.</summary>
    public static CacheFile? Open(string path)
    {
        try
        {
            // Another run may replace or remove the file meanwhile: this list and these pixels are of one file.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            using var reader = new BinaryReader(file);
            file.Seek(-TailLength, SeekOrigin.End);
            var (start, length, hash) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadBytes(HashLength));
            if (start < 0 || length < 0 || start + length + TailLength != file.Length)
            {
                return null;
            }

            file.Seek(start, SeekOrigin.Begin);
            var index = reader.ReadBytes(checked((int)length));
            return SHA256.HashData(index).AsSpan().SequenceEqual(hash) ? Read(index, file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>What follows the pixels.</summary>
    /// <param name="start">Where the pixels end.</param>
    public static byte[] Tail(long start, long limit, IReadOnlyList<CachedImage> images)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(limit);
        writer.Write(images.Count);
        foreach (var image in images)
        {
            writer.Write(image.Offset);
            writer.Write(image.Width);
            writer.Write(image.Height);
            writer.Write(image.Checksum);
            writer.Write((byte)image.Content.Length);
            writer.Write(image.Content);
            writer.Write(image.Pages);
            writer.Write((short)(image.DeepPeak ?? -1));
            writer.Write(image.Reason ?? "");
        }

        var (length, hash) = (stream.Length, SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Write(start);
        writer.Write(length);
        writer.Write(hash);
        return stream.ToArray();
    }

    private static CacheFile Read(byte[] index, FileStream file)
    {
        using var reader = new BinaryReader(new MemoryStream(index), Encoding.UTF8);
        var limit = reader.ReadInt64();
        var images = new CachedImage[reader.ReadInt32()];
        for (var i = 0; i < images.Length; i++)
        {
            var (offset, width, height, checksum) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadUInt32());
            var (content, pages, peak, reason) = (reader.ReadBytes(reader.ReadByte()), reader.ReadInt32(), reader.ReadInt16(), reader.ReadString());
            images[i] = new CachedImage(offset, width, height, checksum, content, pages, peak < 0 ? null : peak, reason.Length == 0 ? null : reason);
        }

        return new CacheFile(limit, images, new MappedMemory<byte>(file));
    }
}
