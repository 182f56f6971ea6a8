using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Embed.Runtime.Cuda;

/// <summary>The libraries that ONNX Runtime's CUDA needs and no package brings.</summary>
internal static unsafe class CudaLibraries
{
    // CUDA 13.0, as the driver counts versions.
    private const int NeededVersion = 13_000;

    private static readonly (string Name, string Library)[] s_needed =
    [
        ("the NVIDIA driver", CudaFiles.Driver),
        ("the CUDA 13 runtime", CudaFiles.Runtime),
        ("cuBLAS of CUDA 13", "cublasLt"),
        ("cuBLAS of CUDA 13", "cublas"),
        ("cuRAND of CUDA 13", "curand"),
        ("cuDNN 9", CudaFiles.Cudnn),
    ];

    /// <summary>A sentence on the first thing that is missing; null if all are there. Asking before ONNX Runtime does saves its own lines.</summary>
    public static string? Missing()
    {
        foreach (var (name, library) in s_needed)
        {
            var file = CudaFiles.Of(library)!;
            try
            {
                NativeLibrary.Load(file);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                return Unloadable(name, file, error.Message);
            }
        }

        return NoGpu();
    }

    // The system's own words on each place where it has looked stand line by line: one that found a file says what is wrong with it.
    private static string Unloadable(string name, string file, string reasons)
    {
        var reason = reasons.Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith(file, StringComparison.Ordinal) && !line.Contains("No such file", StringComparison.Ordinal));
        var searched = OperatingSystem.IsWindows() ? "PATH" : "LD_LIBRARY_PATH";
        return reason is null
            ? $"{name} is missing: {file} is not found. Install it, or name its folder in {searched}."
            : $"{name} cannot be loaded ({reason}). Install it anew, or name the folder of another in {searched}.";
    }

    private static string? NoGpu()
    {
        var driver = NativeLibrary.Load(CudaFiles.Of(CudaFiles.Driver)!);
        if (!NativeLibrary.TryGetExport(driver, "cuInit", out var start) || !NativeLibrary.TryGetExport(driver, "cuDriverGetVersion", out var tell)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var count))
        {
            return $"{CudaFiles.Of(CudaFiles.Driver)} is not that of an NVIDIA driver. Is a folder with another in LD_LIBRARY_PATH?";
        }

        int version = 0, devices = 0, error = ((delegate* unmanaged<uint, int>)start)(0);
        error = error == 0 ? ((delegate* unmanaged<int*, int>)tell)(&version) : error;
        error = error == 0 ? ((delegate* unmanaged<int*, int>)count)(&devices) : error;
        return error != 0 ? $"the NVIDIA driver does not start (its error {error}). Does `nvidia-smi` show a GPU?"
            : devices == 0 ? "the NVIDIA driver sees no GPU. Is one hidden by CUDA_VISIBLE_DEVICES?"
            : version >= NeededVersion ? null
            : $"the NVIDIA driver is too old: it knows CUDA {version / 1000}.{version % 1000 / 10}. Install one for CUDA 13, of version 580 or later.";
    }
}
