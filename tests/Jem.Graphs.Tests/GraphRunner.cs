using System.Runtime.InteropServices;
using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Graphs.Tests;

/// <summary>Runs a graph on ONNX Runtime. Elements travel as doubles whatever the graph's types are.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly Graph _graph;
    private readonly InferenceSession _session;

    public GraphRunner(Graph graph)
    {
        _graph = graph;
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(OnnxWriter.Model(graph).ToByteArray(), options);
    }

    public double[][] Run(params double[][] inputs)
    {
        var values = _graph.Inputs.Zip(inputs, (input, elements) => Tensor(input.Value, elements)).ToList();
        try
        {
            using var options = new RunOptions();
            using var results = _session.Run(options, [.. _graph.Inputs.Select(input => input.Value.Name)], values,
                [.. _graph.Outputs.Select(output => output.Value.Name)]);
            return [.. _graph.Outputs.Zip(results, (output, result) => Elements(output.Value, result))];
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    /// <summary>By names instead of order.</summary>
    public Dictionary<string, double[]> Run(IReadOnlyDictionary<string, double[]> inputs) =>
        _graph.Outputs.Zip(Run([.. _graph.Inputs.Select(input => inputs[input.Value.Name])]))
            .ToDictionary(pair => pair.First.Value.Name, pair => pair.Second);

    public void Dispose() => _session.Dispose();

    private static OrtValue Tensor(Value value, double[] elements) => Tensor(value, elements, Dimensions(value.Shape, elements.Length));

    private static OrtValue Tensor(Value value, double[] elements, long[] shape) => value.Type switch
    {
        DType.Double => OrtValue.CreateTensorValueFromMemory(elements, shape),
        DType.Float => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(elements, element => (float)element), shape),
        DType.Int64 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(elements, element => (long)element), shape),
        DType.UInt8 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(elements, element => (byte)element), shape),
        DType.Bool => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(elements, element => element != 0), shape),
        _ => throw new NotSupportedException($"{value}"),
    };

    // A batch of any size is what the elements make it.
    private static long[] Dimensions(Shape shape, long count) =>
        shape.IsStatic ? shape.ToArray() : shape.With(0, count / shape.Skip(1).Aggregate(1L, (a, b) => a * b)).ToArray();

    private static double[] Elements(Value value, OrtValue result)
    {
        var (shape, count) = (result.GetTensorTypeAndShape().Shape, result.GetTensorTypeAndShape().ElementCount);
        Assert.That(shape, Is.EqualTo(Dimensions(value.Shape, count)), $"ONNX Runtime's shape of {value}");
        return value.Type switch
        {
            DType.Double => result.GetTensorDataAsSpan<double>().ToArray(),
            DType.Float => Array.ConvertAll(result.GetTensorDataAsSpan<float>().ToArray(), element => (double)element),
            DType.Int64 => Array.ConvertAll(result.GetTensorDataAsSpan<long>().ToArray(), element => (double)element),
            DType.Bool => Array.ConvertAll(MemoryMarshal.Cast<bool, byte>(result.GetTensorDataAsSpan<bool>()).ToArray(), element => (double)element),
            _ => throw new NotSupportedException($"{value}"),
        };
    }
}
