using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Jem.Graphs.Seeding;
using Jem.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Benchmarks.Kernels;

/// <summary>Each kernel against its portable body, in ONNX Runtime, on two threads. A new kernel appears by itself.</summary>
public class KernelBenchmarks
{
    private readonly RunOptions _run = new();
    private InferenceSession _session = null!;
    private OrtIoBinding _binding = null!;

    public static IEnumerable<FunctionCall> Calls => FunctionCall.All;

    [ParamsSource(nameof(Calls))]
    public FunctionCall Call { get; set; } = null!;

    [GlobalSetup(Target = nameof(Kernel))]
    public void WithKernel() => Open(kernels: true);

    [GlobalSetup(Target = nameof(Body))]
    public void WithBody() => Open(kernels: false);

    [Benchmark(Baseline = true)]
    public void Body() => _session.RunWithBinding(_run, _binding);

    [Benchmark]
    public void Kernel() => _session.RunWithBinding(_run, _binding);

    [GlobalCleanup]
    public void Close()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    private void Open(bool kernels)
    {
        var model = Call.Model();
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
