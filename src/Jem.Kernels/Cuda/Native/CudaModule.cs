using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>Compiled kernels on the GPU. They stay for as long as the process lives.</summary>
internal sealed unsafe partial class CudaModule
{
    private readonly nint _module;

    /// <param name="image">A cubin for this GPU.</param>
    public CudaModule(byte[] image)
    {
        // The driver knows the context of this thread only after the runtime has made one.
        CudaRuntime.UseDevice();
        nint module;
        fixed (byte* data = image)
        {
            Check(cuModuleLoadData(&module, data));
        }

        _module = module;
    }

    /// <summary>A kernel of the module.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public nint Function(string name)
    {
        nint function;
        Check(cuModuleGetFunction(&function, _module, name));
        return function;
    }

    /// <summary>Runs a kernel, in the order of a stream.</summary>
    /// <param name="threads">Of a block.</param>
    /// <param name="arguments">The address of each argument.</param>
    public static void Launch(nint function, (uint X, uint Y, uint Z) grid, uint threads, nint stream, void** arguments) =>
        Check(cuLaunchKernel(function, grid.X, grid.Y, grid.Z, threads, 1, 1, 0, stream, arguments, null));

    /// <summary>The name of the first GPU, in UTF-8.</summary>
    public static void NameOf(byte* name, int length)
    {
        Check(cuInit(0));
        Check(cuDeviceGetName(name, length, 0));
    }

    private static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "")
    {
        byte* text = null;
        if (error != 0)
        {
            _ = cuGetErrorString(error, &text);
        }

        CudaLibrary.Check(error, call, text);
    }

    [LibraryImport(CudaFiles.Driver)]
    private static partial int cuInit(uint flags);

    [LibraryImport(CudaFiles.Driver)]
    private static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(CudaFiles.Driver)]
    private static partial int cuModuleLoadData(nint* module, void* image);

    [LibraryImport(CudaFiles.Driver, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int cuModuleGetFunction(nint* function, nint module, string name);

    [LibraryImport(CudaFiles.Driver)]
    private static partial int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** arguments, void** extra);

    [LibraryImport(CudaFiles.Driver)]
    private static partial int cuGetErrorString(int error, byte** text);
}
