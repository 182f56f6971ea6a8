using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Embed.Runtime.Cuda;

/// <summary>The libraries that ONNX Runtime's CUDA needs and no package brings.</summary>
internal static unsafe class CudaLibraries
{
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
            if (!NativeLibrary.TryLoad(file, out _))
            {
                var searched = OperatingSystem.IsWindows() ? "PATH" : "LD_LIBRARY_PATH";
                return $"{name} is missing: {file} is not found. Install it, or name its folder in {searched}.";
            }
        }

        return NoGpu();
    }

    private static string? NoGpu()
    {
        var driver = NativeLibrary.Load(CudaFiles.Of(CudaFiles.Driver)!);
        var start = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit");
        var count = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(driver, "cuDeviceGetCount");
        int devices = 0, error = start(0);
        error = error == 0 ? count(&devices) : error;
        return error != 0 ? $"the NVIDIA driver does not start (its error {error}). Does `nvidia-smi` show a GPU?"
            : devices == 0 ? "the NVIDIA driver sees no GPU. Is one hidden by CUDA_VISIBLE_DEVICES?"
            : null;
    }
}
