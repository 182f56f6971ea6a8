using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>CUDA's runtime, as far as the kernels need it.</summary>
internal static unsafe partial class CudaRuntime
{
    // cudaDevAttrComputeCapabilityMajor and …Minor of driver_types.h
    private const int Major = 75, Minor = 76;

    // cudaStreamNonBlocking, cudaEventBlockingSync | cudaEventDisableTiming and cudaMemcpyDefault of driver_types.h
    private const uint NonBlocking = 1, BlockingWithoutTime = 1 | 2;
    private const int ByAddress = 4;

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

    /// <summary>A stream that does not wait for the default one.</summary>
    public static nint NewStream()
    {
        nint stream;
        UseDevice();
        Check(cudaStreamCreateWithFlags(&stream, NonBlocking));
        return stream;
    }

    /// <summary>Like the other deletions it is silent after an error of the GPU, which every call repeats.</summary>
    public static void DeleteStream(nint stream) => _ = cudaStreamDestroy(stream);

    public static void Synchronize(nint stream) => Check(cudaStreamSynchronize(stream));

    /// <summary>An event without a time; who waits for it leaves the core to others.</summary>
    public static nint NewEvent()
    {
        nint mark;
        UseDevice();
        Check(cudaEventCreateWithFlags(&mark, BlockingWithoutTime));
        return mark;
    }

    public static void DeleteEvent(nint mark) => _ = cudaEventDestroy(mark);

    public static void Record(nint mark, nint stream) => Check(cudaEventRecord(mark, stream));

    public static void SynchronizeEvent(nint mark) => Check(cudaEventSynchronize(mark));

    /// <summary>Lets a stream wait for an event.</summary>
    public static void Wait(nint stream, nint mark) => Check(cudaStreamWaitEvent(stream, mark, 0));

    /// <summary>Copies in the order of a stream, between any two kinds of memory.</summary>
    public static void Copy(nint to, nint from, long bytes, nint stream) => Check(cudaMemcpyAsync((void*)to, (void*)from, (nuint)bytes, ByAddress, stream));

    public static nint Allocate(long bytes)
    {
        void* memory;
        UseDevice();
        Check(cudaMalloc(&memory, (nuint)bytes));
        return (nint)memory;
    }

    public static void Free(nint memory) => _ = cudaFree((void*)memory);

    public static nint AllocatePinned(long bytes)
    {
        void* memory;
        UseDevice();
        Check(cudaHostAlloc(&memory, (nuint)bytes, 0));
        return (nint)memory;
    }

    public static void FreePinned(nint memory) => _ = cudaFreeHost((void*)memory);

    private static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "") =>
        CudaLibrary.Check(error, call, error == 0 ? null : cudaGetErrorString(error));

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaSetDevice(int device);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMemsetAsync(void* memory, int value, nuint bytes, nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMemcpyAsync(void* to, void* from, nuint bytes, int kind, nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMalloc(void** memory, nuint bytes);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaFree(void* memory);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaHostAlloc(void** memory, nuint bytes, uint flags);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaFreeHost(void* memory);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaStreamCreateWithFlags(nint* stream, uint flags);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaStreamDestroy(nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaStreamSynchronize(nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaStreamWaitEvent(nint stream, nint mark, uint flags);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaEventCreateWithFlags(nint* mark, uint flags);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaEventDestroy(nint mark);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaEventRecord(nint mark, nint stream);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaEventSynchronize(nint mark);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaMemGetInfo(nuint* free, nuint* total);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial int cudaDeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport(CudaFiles.Runtime)]
    private static partial byte* cudaGetErrorString(int error);
}
