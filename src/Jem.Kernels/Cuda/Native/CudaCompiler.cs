using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>NVRTC: CUDA C++ from a string to machine code of one architecture.</summary>
internal static unsafe partial class CudaCompiler
{
    /// <param name="architecture">90 is compute capability 9.0.</param>
    /// <returns>A cubin.</returns>
    /// <exception cref="InvalidOperationException">The source is wrong; the message has the compiler's log.</exception>
    public static byte[] Compile(string source, int architecture)
    {
        nint program;
        Check(nvrtcCreateProgram(&program, source, "jem.cu", 0, null, null));
        try
        {
            fixed (byte* option = Encoding.UTF8.GetBytes($"--gpu-architecture=sm_{architecture}\0"))
            {
                var options = option;
                if (nvrtcCompileProgram(program, 1, &options) != 0)
                {
                    throw new InvalidOperationException($"NVRTC cannot compile the kernels for sm_{architecture}: {Log(program)}");
                }
            }

            nuint size;
            Check(nvrtcGetCUBINSize(program, &size));
            var image = new byte[size];
            fixed (byte* data = image)
            {
                Check(nvrtcGetCUBIN(program, data));
            }

            return image;
        }
        finally
        {
            Check(nvrtcDestroyProgram(&program));
        }
    }

    private static string Log(nint program)
    {
        nuint size;
        Check(nvrtcGetProgramLogSize(program, &size));
        var log = new byte[size];
        fixed (byte* text = log)
        {
            Check(nvrtcGetProgramLog(program, text));
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0').ReplaceLineEndings(" ");
    }

    private static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "") =>
        CudaLibrary.Check(error, call, error == 0 ? null : nvrtcGetErrorString(error));

    [LibraryImport(CudaFiles.Compiler, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nvrtcCreateProgram(nint* program, string source, string name, int headers, byte** texts, byte** names);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcGetProgramLogSize(nint program, nuint* size);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcGetCUBINSize(nint program, nuint* size);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcGetCUBIN(nint program, byte* image);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial int nvrtcDestroyProgram(nint* program);

    [LibraryImport(CudaFiles.Compiler)]
    private static partial byte* nvrtcGetErrorString(int error);
}
