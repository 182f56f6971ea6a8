using Google.Protobuf;
using Jem.Graphs.Seeding;
using Jem.Shared;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Kernels.Tests;

/// <summary>A float32 tensor of a test.</summary>
internal sealed record TestTensor(float[] Values, params int[] Shape)
{
    public static TestTensor Normal(ulong seed, params int[] shape)
    {
        var random = new SeededRandom(seed);
        var values = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.NextNormal();
        }

        return new TestTensor(values, shape);
    }

    public double[] Doubles => Array.ConvertAll(Values, value => (double)value);
}

/// <summary>
/// A model of one node that calls a <c>jem</c> function, with the function's portable body: what a training program holds.
/// </summary>
internal sealed class FunctionModel(string function, string[] inputs, string[] outputs, AttributeProto[] attributes)
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<IReadOnlyList<KernelRow>, int> s_kinds = new();

    private readonly List<NodeProto> _body = [];

    public static AttributeProto Ints(string name, params int[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values.Select(value => (long)value) } };

    public static AttributeProto Int(string name, int value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Float(string name, float value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    public static AttributeProto Floats(string name, params float[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values } };

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>Appends a standard operator to the body.</summary>
    public FunctionModel Body(string op, string[] from, string to, params AttributeProto[] with) => Body(op, from, [to], with);

    public FunctionModel Body(string op, string[] from, string[] to, params AttributeProto[] with)
    {
        _body.Add(new NodeProto { OpType = op, Input = { from }, Output = { to }, Attribute = { with } });
        return this;
    }

    /// <summary>Appends a constant of int64 to the body.</summary>
    public FunctionModel Constant(string name, params int[] values)
    {
        var tensor = new TensorProto { DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Length } };
        tensor.Int64Data.AddRange(values.Select(value => (long)value));
        return Body("Constant", [], name, new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor });
    }

    public FunctionModel Constant(string name, float value) => Body("Constant", [], name, Float("value_float", value));

    /// <summary>Runs the node: with the C# kernels registered, or by its body.</summary>
    public TestTensor[] Run(bool kernels, params TestTensor[] values) =>
        Run(options => kernels ? JemKernels.Register(options, [function]) : [function], values);

    /// <summary>Runs the node by kernels of given rows.</summary>
    public TestTensor[] RunBy(IReadOnlyList<KernelRow> rows, params TestTensor[] values)
    {
        var kind = $"test {s_kinds.GetOrAdd(rows, _ => s_kinds.Count)} ";
        return Run(options => JemKernels.Register(options, [function], name => JemKernels.RowOf(rows, name), kind), values);
    }

    private TestTensor[] Run(Func<SessionOptions, IReadOnlyList<string>> register, TestTensor[] values)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        Assert.That(register(options), Is.EqualTo(new[] { function }));
        using var session = new InferenceSession(Model().ToByteArray(), options);
        var named = values.Select((value, i) => (inputs[i], OrtValue.CreateTensorValueFromMemory(value.Values, Array.ConvertAll(value.Shape, s => (long)s))))
            .ToDictionary();
        using var run = new RunOptions();
        using var results = session.Run(run, named, outputs);
        return [.. results.Select(result => new TestTensor(
            result.GetTensorDataAsSpan<float>().ToArray(),
            Array.ConvertAll(result.GetTensorTypeAndShape().Shape, size => (int)size)))];
    }

    private ModelProto Model()
    {
        var node = new NodeProto { OpType = function, Domain = JemKernels.Domain, Input = { inputs }, Output = { outputs }, Attribute = { attributes } };
        var standard = new OperatorSetIdProto { Domain = string.Empty, Version = OnnxFormat.Opset };
        return new ModelProto
        {
            IrVersion = OnnxFormat.IrVersion,
            OpsetImport = { standard, new OperatorSetIdProto { Domain = JemKernels.Domain, Version = 1 } },
            Graph = new GraphProto { Name = "test", Node = { node }, Input = { inputs.Select(Float32) }, Output = { outputs.Select(Float32) } },
            Functions = { _body.Count == 0 ? [] : [Function(standard)] },
        };
    }

    // A kernel that passes over a program make nodes of has none.
    private FunctionProto Function(OperatorSetIdProto standard) => new()
    {
        Name = function,
        Domain = JemKernels.Domain,
        OpsetImport = { standard },
        Input = { inputs },
        Output = { outputs },
        Attribute = { attributes.Select(attribute => attribute.Name) },
        Node = { _body },
    };

    private static ValueInfoProto Float32(string name) =>
        new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } };
}
