using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>The libraries of CUDA 13 and cuDNN 9, found by their names in <see cref="CudaFiles"/>.</summary>
internal static class CudaLibrary
{
    /// <summary>Whether a library is there.</summary>
    public static bool Has(string library) => NativeLibrary.TryLoad(CudaFiles.Of(library)!, out _);

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
        CudaFiles.Of(name) is { } file ? NativeLibrary.Load(file) : 0;
}
