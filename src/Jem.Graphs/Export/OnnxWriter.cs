using System.Runtime.InteropServices;
using Google.Protobuf;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using Jem.Shared;
using Onnx;

namespace Jem.Graphs.Export;

/// <summary>Turns a graph into an ONNX model.</summary>
public static class OnnxWriter
{
    /// <summary>The version of the standard operators. 17 is the first with LayerNormalization, and old enough for every consumer.</summary>
    public const int Opset = OnnxFormat.Opset;

    /// <summary>The version of the format (IR): the first with functions in a model.</summary>
    public const int IrVersion = OnnxFormat.IrVersion;

    /// <summary>The domain of the functions.</summary>
    public const string FunctionDomain = OnnxFormat.FunctionDomain;

    /// <exception cref="GraphException">The graph is broken.</exception>
    public static ModelProto Model(Graph graph)
    {
        GraphChecker.Check(graph);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "jem",
            ProducerVersion = typeof(OnnxWriter).Assembly.GetName().Version!.ToString(3),
            Graph = new GraphProto { Name = graph.Name },
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };
        if (graph.Functions.Any())
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = FunctionDomain, Version = 1 });
            model.Functions.AddRange(graph.Functions.Select(Function));
        }

        var used = Used(graph);
        model.Graph.Input.AddRange(graph.Inputs.Select(input => ValueInfo(input.Value)));
        model.Graph.Output.AddRange(graph.Outputs.Select(output => ValueInfo(output.Value)));
        model.Graph.Initializer.AddRange(graph.Constants.Select(Tensor));
        model.Graph.Node.AddRange(graph.Nodes.Select(node => Node(node, used)));

        // What depends on a batch of any size is left to the reader to infer: rows of all tokens are a multiple of N, and ONNX Runtime
        // would give them the buffer of another multiple by the same name.
        model.Graph.ValueInfo.AddRange(graph.Nodes.SelectMany(node => node.Outputs)
            .Where(value => used.Contains(value) && value.Shape.IsStatic && graph.Outputs.All(output => output.Value != value)).Select(ValueInfo));
        return model;
    }

    /// <summary>A named ONNX tensor from raw little-endian elements.</summary>
    public static TensorProto Tensor(string name, DType type, IEnumerable<long> shape, ReadOnlySpan<byte> data) => new()
    {
        Name = name,
        DataType = (int)type,
        Dims = { shape },
        RawData = ByteString.CopyFrom(data),
    };

    private static TensorProto Tensor(Value constant) => Tensor(constant.Name, constant.Type, constant.Shape, constant.Constant switch
    {
        long[] ints => MemoryMarshal.AsBytes<long>(ints),
        double[] reals when constant.Type == DType.Double => MemoryMarshal.AsBytes<double>(reals),
        double[] reals => MemoryMarshal.AsBytes<float>(Array.ConvertAll(reals, real => (float)real)),
        _ => throw new GraphException($"The constant '{constant}' has elements of a type that cannot be written."),
    });

    private static FunctionProto Function(Function function)
    {
        var body = function.Body;
        var used = Used(body);
        var proto = new FunctionProto
        {
            Name = function.Name,
            Domain = FunctionDomain,
            Input = { body.Inputs.Select(input => input.Value.Name) },
            Output = { body.Outputs.Select(output => output.Value.Name) },
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };

        // A function has no initializers; its constants are nodes.
        proto.Node.AddRange(body.Constants.Select(constant => new NodeProto
        {
            OpType = "Constant",
            Output = { constant.Name },
            Attribute = { new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = Tensor(constant) } },
        }));
        proto.Node.AddRange(body.Nodes.Select(node => Node(node, used)));
        return proto;
    }

    private static NodeProto Node(Node node, HashSet<Value> used)
    {
        var row = OpTable.Row(node.Op);
        var required = node.Outputs.Count - row.OptionalOutputs;
        var outputs = node.Outputs.Where((output, i) => i < required || used.Contains(output));
        return new NodeProto
        {
            Name = node.Name,
            OpType = node.Function?.Name ?? (node.Op == "StopGradient" ? "Identity" : node.Op),
            Domain = node.Function is null ? "" : FunctionDomain,
            Input = { node.Inputs.Select(input => input.Name) },
            Output = { outputs.Select(output => output.Name) },
            Attribute = { node.Attributes.Select(pair => Attribute(pair.Key, pair.Value)) },
        };
    }

    private static HashSet<Value> Used(Graph graph) =>
        [.. graph.Nodes.SelectMany(node => node.Inputs), .. graph.Outputs.Select(output => output.Value)];

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long integer:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, integer);
                break;
            case double real:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, (float)real);
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] integers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(integers);
                break;
            default:
                throw new GraphException($"The attribute '{name}' has a value of type {value.GetType().Name}, which cannot be written.");
        }

        return attribute;
    }

    private static ValueInfoProto ValueInfo(Value value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Shape.Select(dimension => dimension == Shape.AnyBatch
            ? new TensorShapeProto.Types.Dimension { DimParam = "N" }
            : new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)value.Type, Shape = shape } },
        };
    }
}
