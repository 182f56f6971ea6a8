using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Jem.Graphs.Seeding;
using Jem.Kernels;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Benchmarks.Kernels;

/// <summary>A small model in ONNX Runtime on two threads, with our kernels and without.</summary>
public abstract class ModelBenchmarks
{
    private readonly RunOptions _run = new();
    private InferenceSession _session = null!;
    private OrtIoBinding _binding = null!;

    [GlobalCleanup]
    public void Close()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    protected void Run() => _session.RunWithBinding(_run, _binding);

    protected void Open(ModelProto model, bool kernels)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (kernels)
        {
            JemKernels.Register(options, model);
        }

        _session = new InferenceSession(model.ToByteArray(), options);
        _binding = _session.CreateIoBinding();
        var random = new SeededRandom(1);
        foreach (var (name, metadata) in _session.InputMetadata)
        {
            _binding.BindInput(name, Positive(ref random, Array.ConvertAll(metadata.Dimensions, size => (long)size)));
        }

        foreach (var (name, metadata) in _session.OutputMetadata)
        {
            _binding.BindOutput(name, OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance, metadata.ElementDataType, Array.ConvertAll(metadata.Dimensions, size => (long)size)));
        }
    }

    // Positive, because one of batch norm's inputs is a variance.
    private static OrtValue Positive(ref SeededRandom random, long[] shape)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, shape);
        foreach (ref var x in value.GetTensorMutableDataAsSpan<float>())
        {
            x = (float)random.NextDouble(0.1, 1);
        }

        return value;
    }
}
