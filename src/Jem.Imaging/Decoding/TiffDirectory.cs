using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Jem.Imaging.Decoding;

/// <summary>
/// What a TIFF or BigTIFF says of its first page (TIFF 6.0, https://www.awaresystems.be/imaging/tiff/bigtiff.html), where libvips
/// does not pass it on.
/// </summary>
/// <param name="Pages">Pages that are no smaller copies of others.</param>
/// <param name="Extra">What each sample beyond grey or colour means: 0 nothing of its own, 1 and 2 transparency.</param>
/// <param name="TileWidth">In pixels; 0 without tiles.</param>
/// <param name="TileHeight">In pixels; 0 without tiles.</param>
internal sealed record TiffDirectory(int Pages, long Photometric, long Compression, IReadOnlyList<long> Extra, long TileWidth, long TileHeight)
{
    private const int YCbCr = 6, OldJpeg = 6, Jpeg = 7;

    /// <summary>Whether colours are stored in a way that only JPEG undoes, and there is no JPEG.</summary>
    public bool IsPlainYCbCr => Photometric == YCbCr && Compression is not (OldJpeg or Jpeg);

    /// <param name="most">Counting pages ends above.</param>
    /// <returns>Null where there is no first page.</returns>
    public static TiffDirectory? Read(SafeFileHandle file, int most) => new Reader(file).Read(most);

    private enum Tag : ushort
    {
        SubfileType = 254,
        Compression = 259,
        Photometric = 262,
        TileWidth = 322,
        TileLength = 323,
        ExtraSamples = 338,
    }

    private sealed class Reader(SafeFileHandle file)
    {
        private const int MostExtra = 64;
        private bool _little, _big;

        public TiffDirectory? Read(int most)
        {
            var head = Bytes(0, 16);
            _little = head[0] == 'I';
            _big = UInt16(head.AsSpan(2)) == 43;
            var next = _big ? (long)UInt64(head.AsSpan(8)) : UInt32(head.AsSpan(4));
            var (first, pages, seen) = ((TiffDirectory?)null, 0, new HashSet<long>());
            while (next > 0 && pages <= most && seen.Add(next) && Directory(ref next) is { } tags)
            {
                const long Reduced = 1;
                pages += (One(tags, Tag.SubfileType, 0) & Reduced) == 0 ? 1 : 0;
                first ??= new TiffDirectory(
                    1,
                    One(tags, Tag.Photometric, 1),
                    One(tags, Tag.Compression, 1),
                    tags.GetValueOrDefault(Tag.ExtraSamples, []),
                    One(tags, Tag.TileWidth, 0),
                    One(tags, Tag.TileLength, 0));
            }

            return first is null ? null : first with { Pages = Math.Max(1, pages) };
        }

        private static long One(Dictionary<Tag, long[]> tags, Tag tag, long otherwise) =>
            tags.TryGetValue(tag, out var values) && values.Length > 0 ? values[0] : otherwise;

        /// <param name="at">Where the directory is, then where the next one is.</param>
        private Dictionary<Tag, long[]>? Directory(ref long at)
        {
            var (countSize, entrySize) = _big ? (8, 20) : (2, 12);
            var count = Bytes(at, countSize) is var head && _big ? (long)UInt64(head) : UInt16(head);
            if (count is <= 0 or > ushort.MaxValue)
            {
                return null;
            }

            var (entries, tags) = (Bytes(at + countSize, (int)count * entrySize), new Dictionary<Tag, long[]>());
            for (var i = 0; i < count; i++)
            {
                var entry = entries.AsSpan(i * entrySize, entrySize);
                var tag = (Tag)UInt16(entry);
                if (Enum.IsDefined(tag))
                {
                    tags[tag] = Values(entry);
                }
            }

            var link = Bytes(at + countSize + (count * entrySize), _big ? 8 : 4);
            at = _big ? (long)UInt64(link) : UInt32(link);
            return tags;
        }

        /// <summary>Whole numbers of 16 or 32 bits: in the entry, or where it points if there is no room.</summary>
        private long[] Values(ReadOnlySpan<byte> entry)
        {
            const int Short = 3;
            var (type, count) = (UInt16(entry[2..]), _big ? (long)UInt64(entry[4..]) : UInt32(entry[4..]));
            var size = type == Short ? 2 : 4;
            var value = entry[(_big ? 12 : 8)..];
            count = Math.Clamp(count, 0, MostExtra);
            var bytes = count * size <= value.Length ? value : Bytes(_big ? (long)UInt64(value) : UInt32(value), (int)count * size);
            var numbers = new long[count];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = size == 2 ? UInt16(bytes[(2 * i)..]) : UInt32(bytes[(4 * i)..]);
            }

            return numbers;
        }

        /// <summary>Zeros beyond the end of the file.</summary>
        private byte[] Bytes(long at, int count)
        {
            var bytes = new byte[count];
            if (at >= 0)
            {
                RandomAccess.Read(file, bytes, at);
            }

            return bytes;
        }

        private ushort UInt16(ReadOnlySpan<byte> at) => _little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

        private uint UInt32(ReadOnlySpan<byte> at) => _little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);

        private ulong UInt64(ReadOnlySpan<byte> at) => _little ? BinaryPrimitives.ReadUInt64LittleEndian(at) : BinaryPrimitives.ReadUInt64BigEndian(at);
    }
}
