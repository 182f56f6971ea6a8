using System.Buffers.Binary;
using System.IO.Compression;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// A file in the IDX format of MNIST: two zero bytes, the type (0x08 for bytes), the number of dimensions, each dimension
/// as a big-endian number, the values (http://yann.lecun.com/exdb/mnist). Plain, or compressed when its name ends in .gz.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    private readonly Stream _stream;
    private readonly string _path;

    /// <exception cref="DataException">Not an IDX file of bytes.</exception>
    public IdxFile(string path)
    {
        _path = path;
        Stream file = File.OpenRead(path);
        _stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : new BufferedStream(file);
        Span<byte> head = stackalloc byte[4];
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
        // A list, because a broken header may claim more than there is.
        var entries = new List<byte[]>();
        while (entries.Count < Dimensions[0])
        {
            entries.Add(ReadEntry());
        }

        return [.. entries];
    }

    public void Dispose() => _stream.Dispose();
}
