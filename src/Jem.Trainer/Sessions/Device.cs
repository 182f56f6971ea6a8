using Google.Protobuf;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Kernels;
using Jem.Trainer.Configuration;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Trainer.Sessions;

/// <summary>Opens sessions on a device and knows the memory that lies there.</summary>
public sealed class Device
{
    private readonly DeviceOptions _options;
    private readonly CudaProvider? _cuda;

    /// <exception cref="UsageException">There is no such device.</exception>
    /// <exception cref="DeviceException">There is no provider for it.</exception>
    public Device(DeviceOptions options)
    {
        _options = options.Checked();
        _cuda = options.Cuda is { } cuda ? CudaProvider.Find(cuda) : null;
        Memory = _cuda?.Memory;
    }

    /// <summary>The memory of the device; null where it is the host's.</summary>
    public OrtMemoryInfo? Memory { get; internal init; }

    /// <exception cref="InvalidDataException">The file is missing, or ONNX Runtime does not take it.</exception>
    public InferenceSession Open(string modelFile)
    {
        try
        {
            return Open(ModelProto.Parser.ParseFrom(File.ReadAllBytes(modelFile)), _options.Threads);
        }
        catch (Exception error) when (error is FileNotFoundException or InvalidProtocolBufferException or OnnxRuntimeException)
        {
            throw new InvalidDataException($"The model {modelFile} cannot be opened: {error.Message}", error);
        }
    }

    internal InferenceSession Open(ModelProto model, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", _options.Spin ? "1" : "0");
        if (_cuda is not null)
        {
            _cuda.AppendTo(options);
            if (_options.Kernels && !_cuda.IsPlugin)
            {
                JemKernels.RegisterCuda(options, model, _options.Deterministic);
            }
        }
        else if (_options.Kernels)
        {
            JemKernels.Register(options, model);
        }

        return new InferenceSession(model.ToByteArray(), options);
    }
}
