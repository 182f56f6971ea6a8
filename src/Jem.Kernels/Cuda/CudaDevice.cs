using System.Runtime.InteropServices;
using Jem.Kernels.Cuda.Native;

namespace Jem.Kernels.Cuda;

/// <summary>What CUDA says of the first GPU. Ask only where CUDA is: otherwise a library is not found.</summary>
public static unsafe class CudaDevice
{
    /// <summary>Such as <c>NVIDIA H100 80GB HBM3</c>.</summary>
    /// <exception cref="DllNotFoundException">There is no CUDA.</exception>
    public static string Name
    {
        get
        {
            const int Length = 256;
            var name = stackalloc byte[Length];
            CudaModule.NameOf(name, Length);
            return Marshal.PtrToStringUTF8((nint)name)!;
        }
    }

    /// <summary>90 is compute capability 9.0.</summary>
    /// <exception cref="DllNotFoundException">There is no CUDA.</exception>
    public static int Architecture => CudaRuntime.Architecture();

    /// <summary>Bytes of its memory that nobody has taken, and all.</summary>
    /// <exception cref="DllNotFoundException">There is no CUDA.</exception>
    public static (long Free, long Total) Memory => CudaRuntime.Memory();
}
