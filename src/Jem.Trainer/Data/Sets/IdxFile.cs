using System.Buffers.Binary;
using System.IO.Compression;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// A file in the IDX format of MNIST: two zero bytes, the type (0x08 for bytes), the number of dimensions, each dimension
/// as a big-endian number, the values (http://yann.lecun.com/exdb/mnist). Plain or compressed by gzip, whatever its name.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    // Deflate makes at most 1032 bytes of one.
    private const long MostPerByte = 1032;
    private readonly Stream _stream;
    private readonly string _path;

    /// <exception cref="DataException">Not an IDX file of bytes, or one that claims more than it can hold.</exception>
    public IdxFile(string path)
    {
        _path = path;
        var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[4];
        var isCompressed = file.ReadAtLeast(head, 2, throwOnEndOfStream: false) >= 2 && head is [0x1F, 0x8B, ..];
        file.Position = 0;
        _stream = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : new BufferedStream(file);
        Files.Fill(_stream, head, path);
        if (head is not [0, 0, 8, >= 1 and <= 4])
        {
            throw new DataException(
                $"'{path}' is not an IDX file of bytes: it starts with {Convert.ToHexString(head)}, expected 000008 and 1 to 4 dimensions.");
        }

        Dimensions = new int[head[3]];
        for (var i = 0; i < Dimensions.Length; i++)
        {
            Files.Fill(_stream, head, path);
            Dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(head);
            if (Dimensions[i] < 1)
            {
                throw new DataException(i == 0 && Dimensions[i] == 0
                    ? $"'{path}' is empty: it has 0 entries."
                    : $"'{path}' claims a dimension of {Dimensions[i]}.");
            }
        }

        // A product of four dimensions may exceed 64 bits.
        var (values, rest) = (Dimensions.Aggregate(1.0, (product, dimension) => product * dimension), file.Length - 4 - (4 * Dimensions.Length));
        if (isCompressed ? values > MostPerByte * file.Length : values != rest)
        {
            var claim = $"'{path}' claims [{string.Join(',', Dimensions)}] values, {values:N0} bytes";
            throw new DataException(isCompressed
                ? $"{claim}, more than its {file.Length:N0} bytes can be unpacked to. Fetch it again."
                : $"{claim}, and holds {rest:N0}: it is broken or cut short. Fetch it again.");
        }
    }

    public int[] Dimensions { get; }

    /// <summary>The next values, as many as one entry of the first dimension has.</summary>
    public byte[] ReadEntry()
    {
        var length = Dimensions[1..].Aggregate(1L, (a, b) => a * b);
        if (length > Array.MaxLength)
        {
            throw new DataException($"'{_path}' claims entries of {length} bytes each.");
        }

        var entry = new byte[length];
        Files.Fill(_stream, entry, _path);
        return entry;
    }

    /// <summary>All values.</summary>
    public byte[][] ReadAll()
    {
        var entries = new List<byte[]>();
        while (entries.Count < Dimensions[0])
        {
            entries.Add(ReadEntry());
        }

        if (_stream.ReadByte() >= 0)
        {
            throw new DataException($"'{_path}' holds more than the {Dimensions[0]:N0} entries that it claims: it is broken. Fetch it again.");
        }

        return [.. entries];
    }

    public void Dispose() => _stream.Dispose();
}
