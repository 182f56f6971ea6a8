using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Jem.Imaging;
using Jem.Imaging.Files;

namespace Jem.Embed.Vectors;

/// <summary>
/// NumPy's file format for one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html),
/// for float32 matrices.
/// </summary>
public static partial class NpyFile
{
    /// <summary>Where the numbers begin in the files that Jem writes; a multiple of 64, as NumPy wants it for memory-mapping.</summary>
    internal const int HeaderBytes = 128;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    internal static byte[] Header(long count, int dimension)
    {
        var header = new byte[HeaderBytes];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), HeaderBytes - 10);
        Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {dimension}), }}", header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Maps a file that Jem wrote into memory: pages are read when they are needed and shared between processes.</summary>
    /// <param name="owner">Dispose it when the vectors, and every span of them, are no longer used; see <see cref="MappedMemory{T}"/>.</param>
    /// <exception cref="JemException">The file is no whole float32 matrix with a header like ours.</exception>
    public static VectorMatrix Map(string path, out IDisposable owner)
    {
        using var file = File.OpenRead(path);
        var (count, dimension) = ReadHeader(file, path);
        if (count * dimension > int.MaxValue)
        {
            throw new JemException($"{path} holds {count} × {dimension} numbers; at most {int.MaxValue} can be searched at once. Split it.");
        }

        var mapped = new MappedMemory<float>(file, HeaderBytes);
        owner = mapped;
        return new VectorMatrix(mapped.Slice(0, (int)(count * dimension)), (int)count, dimension);
    }

    private static (long Count, int Dimension) ReadHeader(FileStream stream, string path)
    {
        var header = new byte[HeaderBytes];
        var read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        var shape = Shape().Match(Encoding.ASCII.GetString(header.AsSpan(0, read)));
        if (!header.AsSpan().StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)) != HeaderBytes - 10 || !shape.Success)
        {
            throw new JemException($"{path} is not a float32 matrix in the .npy format of jem-embed.");
        }

        var count = long.Parse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var dimension = int.Parse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        var expected = HeaderBytes + (count * dimension * sizeof(float));
        return stream.Length == expected
            ? (count, dimension)
            : throw new JemException($"{path} is not whole: {count} vectors of {dimension} need {expected} bytes; it has {stream.Length}.");
    }

    [GeneratedRegex(@"'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,12}), (\d{1,9})\)")]
    private static partial Regex Shape();
}
