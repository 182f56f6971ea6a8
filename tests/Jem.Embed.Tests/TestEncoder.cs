using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using static Onnx.TensorProto.Types;

namespace Jem.Embed.Tests;

/// <summary>
/// A small encoder file: the mean of each channel in each quarter of the image, times a matrix [D, 4·C] of cosines.
/// </summary>
internal static class TestEncoder
{
    public const int Size = 8;

    public static Dictionary<string, string> Metadata(int channels, int dimension) => new()
    {
        ["jem.format"] = "1",
        ["jem.method"] = "simclr",
        ["jem.backbone"] = "quarters",
        ["jem.image_size"] = $"{Size}",
        ["jem.channels"] = $"{channels}",
        ["jem.mean"] = string.Join(',', Enumerable.Range(0, channels).Select(c => $"0.{c + 3}")),
        ["jem.std"] = string.Join(',', Enumerable.Range(0, channels).Select(c => $"0.2{c}")),
        ["jem.resize"] = "squash",
        ["jem.interpolation"] = "bilinear",
        ["jem.dimension"] = $"{dimension}",
        ["jem.normalized"] = "false",
        ["jem.data"] = "drawn by code",
    };

    public static float Weight(int row, int column) => MathF.Cos((7 * row) + (3 * column) + (row * column));

    /// <param name="change">Changes the model before it is written.</param>
    public static string Write(string path, int channels = 3, int dimension = 6, Action<ModelProto>? change = null)
    {
        var features = 4 * channels;
        var weights = new float[dimension * features];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Weight(i / features, i % features);
        }

        var pool = new NodeProto { OpType = "AveragePool", Input = { "image" }, Output = { "pooled" } };
        pool.Attribute.Add(new AttributeProto { Name = "kernel_shape", Ints = { Size / 2, Size / 2 }, Type = AttributeProto.Types.AttributeType.Ints });
        pool.Attribute.Add(new AttributeProto { Name = "strides", Ints = { Size / 2, Size / 2 }, Type = AttributeProto.Types.AttributeType.Ints });
        var product = new NodeProto { OpType = "Gemm", Input = { "flat", "weights" }, Output = { "embedding" } };
        product.Attribute.Add(new AttributeProto { Name = "transB", I = 1, Type = AttributeProto.Types.AttributeType.Int });
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new GraphProto
            {
                Name = "encoder",
                Node = { pool, new NodeProto { OpType = "Flatten", Input = { "pooled" }, Output = { "flat" } }, product },
                Input = { Port("image", null, channels, Size, Size) },
                Output = { Port("embedding", null, dimension) },
                Initializer =
                {
                    new TensorProto
                    {
                        Name = "weights", DataType = (int)DataType.Float, Dims = { dimension, features },
                        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(weights.AsSpan())),
                    },
                },
            },
        };
        foreach (var (key, value) in Metadata(channels, dimension))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        change?.Invoke(model);
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    /// <summary>Puts other numbers into the matrix.</summary>
    public static void SetWeights(ModelProto model, Func<int, float> weight)
    {
        var weights = model.Graph.Initializer.Single(tensor => tensor.Name == "weights");
        var numbers = Enumerable.Range(0, weights.RawData.Length / sizeof(float)).Select(weight).ToArray();
        weights.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    /// <summary>A float port; a size without a value is a batch of any size.</summary>
    public static ValueInfoProto Port(string name, params long?[] shape)
    {
        var dimensions = shape.Select(size => size is { } value
            ? new TensorShapeProto.Types.Dimension { DimValue = value }
            : new TensorShapeProto.Types.Dimension { DimParam = "N" });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)DataType.Float,
                    Shape = new TensorShapeProto { Dim = { dimensions } },
                },
            },
        };
    }
}
