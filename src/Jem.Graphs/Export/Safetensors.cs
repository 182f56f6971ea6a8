using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Ir;

namespace Jem.Graphs.Export;

/// <summary>A named tensor as raw little-endian bytes, row-major.</summary>
public sealed record NamedTensor(string Name, DType Type, IReadOnlyList<long> Shape, byte[] Data)
{
    /// <summary>A tensor of floats, from its elements in row-major order.</summary>
    public static NamedTensor FromFloats(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, DType.Float, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements of a float tensor, in row-major order, without a copy.</summary>
    public ReadOnlySpan<float> Floats => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Data);
}

/// <summary>
/// The safetensors format: an 8-byte length, a JSON header, the data
/// (https://huggingface.co/docs/safetensors). Tensors keep the order in which they were written.
/// </summary>
public static class Safetensors
{
    private static readonly Dictionary<string, DType> s_types = new()
    {
        ["F32"] = DType.Float,
        ["F64"] = DType.Double,
        ["U8"] = DType.UInt8,
        ["I32"] = DType.Int32,
        ["I64"] = DType.Int64,
        ["BOOL"] = DType.Bool,
    };

    /// <summary>Writes tensors in their order.</summary>
    /// <param name="metadata">Texts for the header; null or empty writes none.</param>
    public static void Write(Stream stream, IEnumerable<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = tensors.ToList();
        stream.Write(Header(list.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)), metadata));
        foreach (var tensor in list)
        {
            stream.Write(tensor.Data);
        }
    }

    /// <summary>A file of floats as its bytes, each of which is written once: whoever fills the tensors finds zeros.</summary>
    internal static byte[] Of(IReadOnlyList<(string Name, Shape Shape, Action<Span<float>> Fill)> tensors)
    {
        var header = Header(tensors.Select(tensor => (tensor.Name, DType.Float, (IReadOnlyList<long>)tensor.Shape.ToArray())), null);
        var file = new byte[header.Length + (tensors.Sum(tensor => tensor.Shape.Size) * sizeof(float))];
        header.CopyTo(file, 0);
        var rest = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.AsSpan(header.Length));
        foreach (var (_, shape, fill) in tensors)
        {
            fill(rest[..(int)shape.Size]);
            rest = rest[(int)shape.Size..];
        }

        return file;
    }

    // Its length, the JSON, and spaces, so that the data start at a multiple of 8.
    private static byte[] Header(
        IEnumerable<(string Name, DType Type, IReadOnlyList<long> Shape)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new JsonObject();
        if (metadata is { Count: > 0 })
        {
            header["__metadata__"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }

        long offset = 0;
        foreach (var (name, type, shape) in tensors)
        {
            var size = shape.Aggregate((long)type.Size(), (product, side) => product * side);
            header.Add(name, new JsonObject
            {
                ["dtype"] = s_types.First(pair => pair.Value == type).Key,
                ["shape"] = new JsonArray([.. shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(offset, offset + size),
            });
            offset += size;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var bytes = new byte[8 + ((json.Length + 7) / 8 * 8)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - 8));
        json.CopyTo(bytes, 8);
        bytes.AsSpan(8 + json.Length).Fill((byte)' ');
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are not a whole safetensors file.</exception>
    public static IReadOnlyList<NamedTensor> Read(Stream stream) => Read(stream, out _);

    /// <inheritdoc cref="Read(Stream)"/>
    public static IReadOnlyList<NamedTensor> Read(Stream stream, out IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            Span<byte> length = stackalloc byte[8];
            stream.ReadExactly(length);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
            if (headerLength > 100_000_000)
            {
                throw new InvalidDataException($"Not a safetensors file: its header claims {headerLength} bytes.");
            }

            var json = new byte[headerLength];
            stream.ReadExactly(json);
            var header = JsonNode.Parse(json)!.AsObject();
            metadata = header["__metadata__"]?.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!) ?? [];
            var tensors = new List<NamedTensor>();
            long position = 0;
            foreach (var (name, entry) in header.Where(pair => pair.Key != "__metadata__").OrderBy(pair => Offset(pair.Value!, 0)))
            {
                var tensor = ReadTensor(stream, name, entry!, position);
                tensors.Add(tensor);
                position += tensor.Data.Length;
            }

            return tensors;
        }
        catch (Exception error) when (error is EndOfStreamException or JsonException or InvalidOperationException or NullReferenceException
            or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"Not a whole safetensors file: {error.Message}", error);
        }
    }

    private static NamedTensor ReadTensor(Stream stream, string name, JsonNode entry, long position)
    {
        var (type, shape) = (s_types[(string)entry["dtype"]!], entry["shape"]!.AsArray().Select(d => (long)d!).ToArray());
        var (begin, size) = (Offset(entry, 0), Offset(entry, 1) - Offset(entry, 0));
        var expected = shape.Aggregate((long)type.Size(), (a, b) => checked(a * b));
        if (size != expected || shape.Any(dimension => dimension < 0))
        {
            throw new InvalidDataException($"Tensor '{name}' has {size} bytes; its shape [{string.Join(',', shape)}] of {type.Name()} needs {expected}.");
        }

        if (begin != position)
        {
            throw new InvalidDataException($"Tensor '{name}' begins at byte {begin} of the data; the one before it ends at {position}.");
        }

        if (stream.CanSeek && stream.Length - stream.Position < size)
        {
            throw new InvalidDataException($"Tensor '{name}' has {size} bytes; the file ends {stream.Length - stream.Position} bytes after its beginning.");
        }

        var data = new byte[size];
        stream.ReadExactly(data);
        return new NamedTensor(name, type, shape, data);
    }

    private static long Offset(JsonNode entry, int end) => (long)entry["data_offsets"]![end]!;
}
