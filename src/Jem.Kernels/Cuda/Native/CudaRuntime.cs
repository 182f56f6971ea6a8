using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>CUDA's runtime, as far as the kernels need it.</summary>
internal static unsafe partial class CudaRuntime
{
    // cudaDevAttrComputeCapabilityMajor and …Minor of driver_types.h
    private const int Major = 75, Minor = 76;

    /// <summary>The compute capability of the first GPU: 90 is 9.0.</summary>
    public static int Architecture()
    {
        int major, minor;
        Check(cudaDeviceGetAttribute(&major, Major, 0));
        Check(cudaDeviceGetAttribute(&minor, Minor, 0));
        return (10 * major) + minor;
    }

    /// <summary>Makes the first GPU the one of this thread.</summary>
    public static void UseDevice() => Check(cudaSetDevice(0));

    /// <summary>Zeros memory of the GPU, in the order of a stream.</summary>
    public static void Clear(void* memory, nuint bytes, nint stream) => Check(cudaMemsetAsync(memory, 0, bytes, stream));

    /// <summary>Bytes of the first GPU's memory: free, and all.</summary>
    public static (long Free, long Total) Memory()
    {
        nuint free, total;
        UseDevice();
        Check(cudaMemGetInfo(&free, &total));
        return ((long)free, (long)total);
    }

    private static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "") =>
        CudaLibrary.Check(error, call, error == 0 ? null : cudaGetErrorString(error));

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaSetDevice(int device);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMemsetAsync(void* memory, int value, nuint bytes, nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMemGetInfo(nuint* free, nuint* total);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaDeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial byte* cudaGetErrorString(int error);
}
