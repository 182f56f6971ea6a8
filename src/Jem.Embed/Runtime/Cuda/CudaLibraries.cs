using System.Runtime.InteropServices;

namespace Jem.Embed.Runtime.Cuda;

/// <summary>The libraries that ONNX Runtime's CUDA needs and no package brings.</summary>
internal static unsafe class CudaLibraries
{
    private static readonly Library[] s_all =
    [
        new("the NVIDIA driver", "libcuda.so.1", "nvcuda.dll"),
        new("the CUDA 13 runtime", "libcudart.so.13", "cudart64_13.dll"),
        new("cuBLAS of CUDA 13", "libcublasLt.so.13", "cublasLt64_13.dll"),
        new("cuBLAS of CUDA 13", "libcublas.so.13", "cublas64_13.dll"),
        new("cuRAND of CUDA 13", "libcurand.so.10", "curand64_10.dll"),
        new("cuDNN 9", "libcudnn.so.9", "cudnn64_9.dll"),
    ];

    /// <summary>A sentence on the first thing that is missing; null if all are there. Asking before ONNX Runtime does saves its own lines.</summary>
    public static string? Missing() => Missing(s_all) ?? NoGpu(s_all[0]);

    internal static string? Missing(IEnumerable<Library> libraries) =>
        libraries.FirstOrDefault(library => !NativeLibrary.TryLoad(library.File, out _)) is { } missing
            ? $"{missing.Name} is missing: {missing.File} is not found. Install it, or name its folder in {s_searched}."
            : null;

    private static readonly string s_searched = OperatingSystem.IsWindows() ? "PATH" : "LD_LIBRARY_PATH";

    private static string? NoGpu(Library driver)
    {
        var library = NativeLibrary.Load(driver.File);
        var start = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
        var count = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount");
        int devices = 0, error = start(0);
        error = error == 0 ? count(&devices) : error;
        return error != 0 ? $"the NVIDIA driver does not start (its error {error}). Does `nvidia-smi` show a GPU?"
            : devices == 0 ? "the NVIDIA driver sees no GPU. Is one hidden by CUDA_VISIBLE_DEVICES?"
            : null;
    }

    /// <param name="Name">What a person installs.</param>
    /// <param name="Linux">The file's name there.</param>
    /// <param name="Windows">The file's name there.</param>
    internal sealed record Library(string Name, string Linux, string Windows)
    {
        public string File => OperatingSystem.IsWindows() ? Windows : Linux;
    }
}
