using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>
/// ONNX Runtime's CUDA, in either of its two forms: a plugin library beside the ordinary package, or the package for GPUs.
/// </summary>
internal sealed class CudaProvider
{
    private const string EpName = "CUDAExecutionProvider";
    private const string RegisteredName = "jem.cuda";

    private readonly IReadOnlyList<OrtEpDevice> _plugin;

    private CudaProvider(IReadOnlyList<OrtEpDevice> plugin, OrtMemoryInfo memory)
    {
        _plugin = plugin;
        Memory = memory;
    }

    public OrtMemoryInfo Memory { get; }

    /// <exception cref="DeviceException">Neither form is there.</exception>
    public static CudaProvider Find(string? library)
    {
        try
        {
            if (library is not null)
            {
                return Plugin(library);
            }

            if (OrtEnv.Instance().GetAvailableProviders().Contains(EpName))
            {
                return new CudaProvider([], new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default));
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new DeviceException($"--ep-library {library}: ONNX Runtime cannot load it: {error.Message}");
        }

        throw new DeviceException(
            "--device cuda: this installation of ONNX Runtime has no CUDA. Install the package Microsoft.ML.OnnxRuntime.EP.Cuda12 or Cuda13 and give its "
                + "library with --ep-library PATH, or build with the package Microsoft.ML.OnnxRuntime.Gpu, or leave out --device.");
    }

    public void AppendTo(SessionOptions options)
    {
        if (_plugin.Count > 0)
        {
            options.AppendExecutionProvider(OrtEnv.Instance(), _plugin, new Dictionary<string, string>());
        }
        else
        {
            AppendBuiltIn(options);
        }
    }

    private static void AppendBuiltIn(SessionOptions options)
    {
        try
        {
            options.AppendExecutionProvider_CUDA();
        }
        catch (OnnxRuntimeException error)
        {
            throw new DeviceException("--device cuda: ONNX Runtime cannot start CUDA. Check that the driver, CUDA and cuDNN are installed. It says: "
                + $"{error.Message}");
        }
    }

    private static CudaProvider Plugin(string library)
    {
        if (!File.Exists(library))
        {
            throw new DeviceException($"--ep-library {library}: there is no such file. It is the CUDA library of the package "
                + "Microsoft.ML.OnnxRuntime.EP.Cuda12 or Cuda13.");
        }

        var environment = OrtEnv.Instance();
        if (!environment.GetEpDevices().Any(device => device.EpName == EpName))
        {
            environment.RegisterExecutionProviderLibrary(RegisteredName, Path.GetFullPath(library));
        }

        // One program runs on one GPU: the first.
        var device = environment.GetEpDevices().FirstOrDefault(device => device.EpName == EpName)
            ?? throw new DeviceException($"--ep-library {library}: the library was loaded but found no GPU with CUDA.");
        return new CudaProvider([device], device.GetMemoryInfo(OrtDeviceMemoryType.DEFAULT));
    }
}
