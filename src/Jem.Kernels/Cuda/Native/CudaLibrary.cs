using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Jem.Kernels.Cuda.Native;

/// <summary>The libraries of CUDA 13 and cuDNN 9 by one name on every platform.</summary>
internal static class CudaLibrary
{
    public const string Driver = "cuda", Runtime = "cudart", Compiler = "nvrtc", Cudnn = "cudnn";

    private static readonly Dictionary<string, (string Linux, string Windows)> s_files = new()
    {
        [Driver] = ("libcuda.so.1", "nvcuda.dll"),
        [Runtime] = ("libcudart.so.13", "cudart64_13.dll"),
        [Compiler] = ("libnvrtc.so.13", "nvrtc64_130_0.dll"),
        [Cudnn] = ("libcudnn.so.9", "cudnn64_9.dll"),
    };

    /// <summary>The file of a library on this platform.</summary>
    public static string FileOf(string library) => OperatingSystem.IsWindows() ? s_files[library].Windows : s_files[library].Linux;

    /// <summary>Whether a library is there.</summary>
    public static bool Has(string library) => NativeLibrary.TryLoad(FileOf(library), out _);

    /// <summary>Lets calls find the libraries. It is called once.</summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The calls of this assembly have no other place in common.")]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(CudaLibrary).Assembly, Load);

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="text">What the library says of the error, in UTF-8; null if it says nothing.</param>
    public static unsafe void Check(int error, string call, byte* text)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{call.Split('(')[0]} fails with {error}: {Marshal.PtrToStringUTF8((nint)text) ?? "no reason given"}.");
        }
    }

    private static nint Load(string name, Assembly assembly, DllImportSearchPath? path) =>
        s_files.ContainsKey(name) ? NativeLibrary.Load(FileOf(name)) : 0;
}
