using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Embed.Runtime.Cuda;

/// <summary>ONNX Runtime's CUDA, in either of its two forms: its packages for GPUs, or a plugin library beside the ordinary package.</summary>
public sealed class CudaProvider
{
    private const string EpName = "CUDAExecutionProvider";
    private const string RegisteredName = "jem.cuda";

    private readonly CudaOptions _options;
    private readonly OrtEpDevice? _plugin;

    private CudaProvider(CudaOptions options, OrtEpDevice? plugin, OrtMemoryInfo memory) => (_options, _plugin, Memory) = (options, plugin, memory);

    /// <summary>The memory of the GPU.</summary>
    public OrtMemoryInfo Memory { get; }

    /// <summary>Whether it is a plugin, on which the C# kernels for CUDA do not run.</summary>
    public bool IsPlugin => _plugin is not null;

    /// <summary>Finds CUDA and what it needs.</summary>
    /// <exception cref="DeviceException">This ONNX Runtime has no CUDA, or a library or a GPU is missing. The message names it.</exception>
    public static CudaProvider Find(CudaOptions options)
    {
        if (options.Library is { } library)
        {
            return Plugin(options, library);
        }

        if (!OrtEnv.Instance().GetAvailableProviders().Contains(EpName))
        {
            throw new DeviceException(
                "CUDA cannot be used: this program has the ONNX Runtime for the CPU. Build and run it with -p:OnnxRuntime=Cuda, or use its package "
                + "Microsoft.ML.OnnxRuntime.Gpu.Linux or Microsoft.ML.OnnxRuntime.Gpu.Windows in yours.");
        }

        return CudaLibraries.Missing() is { } missing
            ? throw new DeviceException($"CUDA cannot be used: {missing}")
            : new CudaProvider(options, null, new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default));
    }

    /// <summary>Gives the sessions that are made with some options the GPU.</summary>
    /// <param name="more">Options of the execution provider besides, by ONNX Runtime's names.</param>
    /// <exception cref="DeviceException">ONNX Runtime cannot start CUDA.</exception>
    public void AppendTo(SessionOptions options, IReadOnlyDictionary<string, string>? more = null)
    {
        // What goes wrong is in the exception.
        var (environment, level) = (OrtEnv.Instance(), OrtEnv.Instance().EnvLogLevel);
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        try
        {
            if (_plugin is { } plugin)
            {
                options.AppendExecutionProvider(environment, [plugin], new Dictionary<string, string>());
                return;
            }

            using var provider = new OrtCUDAProviderOptions();
            provider.UpdateOptions(Named(more));
            options.AppendExecutionProvider_CUDA(provider);
        }
        catch (OnnxRuntimeException error)
        {
            throw new DeviceException($"CUDA cannot be used: ONNX Runtime cannot start it. It says: {error.Message.ReplaceLineEndings(" ")}");
        }
        finally
        {
            environment.EnvLogLevel = level;
        }
    }

    private Dictionary<string, string> Named(IReadOnlyDictionary<string, string>? more)
    {
        static string Flag(bool value) => (value ? 1 : 0).ToString(CultureInfo.InvariantCulture);
        var named = new Dictionary<string, string>
        {
            ["device_id"] = "0",
            ["use_tf32"] = Flag(_options.Tf32),
            ["cudnn_conv_algo_search"] = _options.TryAlgorithms ? "EXHAUSTIVE" : "HEURISTIC",
            ["cudnn_conv_use_max_workspace"] = "1",
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            named[name] = value;
        }

        return named;
    }

    private static CudaProvider Plugin(CudaOptions options, string library)
    {
        if (!File.Exists(library))
        {
            throw new DeviceException($"CUDA cannot be used: there is no file {library}. Expected a plugin library of ONNX Runtime.");
        }

        var environment = OrtEnv.Instance();
        try
        {
            if (!environment.GetEpDevices().Any(device => device.EpName == EpName))
            {
                environment.RegisterExecutionProviderLibrary(RegisteredName, Path.GetFullPath(library));
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new DeviceException($"CUDA cannot be used: ONNX Runtime cannot load {library}: {error.Message.ReplaceLineEndings(" ")}");
        }

        // One program runs on one GPU: the first.
        var device = environment.GetEpDevices().FirstOrDefault(device => device.EpName == EpName)
            ?? throw new DeviceException($"CUDA cannot be used: {library} was loaded, but found no GPU.");
        return new CudaProvider(options, device, device.GetMemoryInfo(OrtDeviceMemoryType.DEFAULT));
    }
}
