using System.Globalization;
using Google.Protobuf;
using Jem.Embed.Runtime;
using Jem.Embed.Runtime.Cuda;
using Jem.Kernels;
using Jem.Kernels.Cuda;
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
        if (options.Deterministic && JemKernels.MissingForCuda is { } missing)
        {
            throw new DeviceException($"--deterministic needs all kernels of jem. {missing}");
        }

        HasStreams = _cuda is { IsPlugin: false };
    }

    /// <summary>The memory of the device; null where it is the host's.</summary>
    public OrtMemoryInfo? Memory { get; internal init; }

    /// <summary>Whether work for it is queued in streams of CUDA.</summary>
    internal bool HasStreams { get; init; }

    /// <summary>Whether steps are recorded as CUDA graphs.</summary>
    internal bool RecordsSteps => HasStreams && _options.Graph;

    /// <summary>A stream to compute on; null where there are none.</summary>
    internal CudaStream? NewStream() => HasStreams ? new CudaStream() : null;

    /// <summary>Inputs that a session reads in the computer's memory whatever ONNX Runtime says; for tests.</summary>
    internal IReadOnlySet<string> OnHost { get; init; } = new HashSet<string>();

    /// <summary>
    /// The inputs that a program reads in the computer's memory, such as sizes, although the device has its own. ONNX Runtime copies what
    /// lies elsewhere when it is bound, and never again.
    /// </summary>
    internal IReadOnlySet<string> InputsOnHost(InferenceSession session) => Memory is null
        ? OnHost
        : session.InputNames.Zip(session.GetMemoryInfosForInputs()).Where(input => input.Second.Name != Memory.Name).Select(input => input.First)
            .Union(OnHost).ToHashSet();

    /// <param name="stream">Where the session computes; null leaves it to ONNX Runtime.</param>
    /// <exception cref="InvalidDataException">The file is missing, or ONNX Runtime does not take it.</exception>
    public InferenceSession Open(string modelFile, CudaStream? stream = null)
    {
        try
        {
            return Open(ModelProto.Parser.ParseFrom(File.ReadAllBytes(modelFile)), _options.Threads, stream);
        }
        catch (Exception error) when (error is FileNotFoundException or InvalidProtocolBufferException or OnnxRuntimeException)
        {
            throw new InvalidDataException($"The model {modelFile} cannot be opened: {error.Message}", error);
        }
    }

    internal InferenceSession Open(ModelProto model, int threads, CudaStream? stream = null)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.IntraOpNumThreads = threads > 0 ? threads : Cores.Threads;
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", _options.Spin ? "1" : "0");
        if (_options.Profile is { } profile)
        {
            options.ProfileOutputPathPrefix = profile;
            options.EnableProfiling = true;
        }

        // The first step takes its memory piece by piece, a pattern that of all pieces in one: there would have to be room for both.
        options.EnableMemoryPattern = false;
        if (_cuda is not null)
        {
            _cuda.AppendTo(options, stream is null ? null : Named(stream));
            if (_options.Kernels && !_cuda.IsPlugin)
            {
                JemKernels.RegisterCuda(options, model, _options.Deterministic, _options.ChannelsLast ?? _options.Precision is not DeviceOptions.Fp32);
            }
        }
        else if (_options.Kernels)
        {
            JemKernels.Register(options, model, _options.Convolution == DeviceOptions.Direct, _options.Precision == DeviceOptions.Bf16);
        }

        return new InferenceSession(model.ToByteArray(), options);
    }

    // Options of ONNX Runtime's CUDA that are those of a session with a stream of its own.
    private Dictionary<string, string> Named(CudaStream stream) => new()
    {
        ["has_user_compute_stream"] = "1",
        ["user_compute_stream"] = stream.Handle.ToString(CultureInfo.InvariantCulture),
        ["enable_cuda_graph"] = _options.Graph ? "1" : "0",
    };
}
