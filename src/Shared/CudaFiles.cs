namespace Jem.Shared;

/// <summary>The files of the libraries of CUDA 13 and cuDNN 9 on this platform, by one name on every platform.</summary>
internal static class CudaFiles
{
    public const string Driver = "cuda", Runtime = "cudart", Compiler = "nvrtc", Cudnn = "cudnn";

    private static readonly Dictionary<string, (string Linux, string Windows)> s_files = new()
    {
        [Driver] = ("libcuda.so.1", "nvcuda.dll"),
        [Runtime] = ("libcudart.so.13", "cudart64_13.dll"),
        [Compiler] = ("libnvrtc.so.13", "nvrtc64_130_0.dll"),
        [Cudnn] = ("libcudnn.so.9", "cudnn64_9.dll"),
        ["cublasLt"] = ("libcublasLt.so.13", "cublasLt64_13.dll"),
        ["cublas"] = ("libcublas.so.13", "cublas64_13.dll"),
        ["curand"] = ("libcurand.so.10", "curand64_10.dll"),
    };

    /// <summary>The file of a library; null if none has that name.</summary>
    public static string? Of(string library) =>
        !s_files.TryGetValue(library, out var file) ? null : OperatingSystem.IsWindows() ? file.Windows : file.Linux;
}
