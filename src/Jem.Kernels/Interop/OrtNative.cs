using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Kernels.Interop;

/// <summary>
/// The C interface of the loaded ONNX Runtime. The managed package declares the function table (<see cref="OrtApi"/>)
/// but not its custom operators, so the entries needed for those are called here through function pointers.
/// </summary>
internal static unsafe partial class OrtNative
{
    /// <summary>The version of the table that <see cref="OrtApi"/> of package 1.31 lays out (ORT_API_VERSION).</summary>
    internal const uint ApiVersion = 31;

    private const int InvalidArgument = 2;

    internal static readonly OrtApi Api = Load();

    [LibraryImport("onnxruntime")]
    private static partial OrtApiBase* OrtGetApiBase();

    private static OrtApi Load()
    {
        var entry = OrtGetApiBase();
        var table = ((delegate* unmanaged<uint, nint>)entry->GetApi)(ApiVersion);
        if (table == 0)
        {
            var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)entry->GetVersionString)());
            throw new NotSupportedException(
                $"The jem kernels need version {ApiVersion} of the ONNX Runtime interface; the loaded library is {version}. "
                + "Use Microsoft.ML.OnnxRuntime 1.31 or later, or run without the kernels.");
        }

        return *(OrtApi*)table;
    }

    /// <summary>An OrtStatus for <paramref name="error"/>; ONNX Runtime takes ownership and raises it at the caller of Run.</summary>
    internal static nint Status(Exception error)
    {
        var message = Encoding.UTF8.GetBytes(error.Message + '\0');
        fixed (byte* text = message)
        {
            return ((delegate* unmanaged<int, byte*, nint>)Api.CreateStatus)(InvalidArgument, text);
        }
    }

    /// <summary>Throws when <paramref name="status"/> is an error, and releases it.</summary>
    internal static void Check(nint status)
    {
        if (status != 0)
        {
            var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Api.GetErrorMessage)(status));
            Release(status);
            throw new InvalidOperationException($"ONNX Runtime: {message}");
        }
    }

    /// <summary>False when <paramref name="status"/> is an error, which is released.</summary>
    internal static bool Succeeded(nint status)
    {
        if (status != 0)
        {
            Release(status);
        }

        return status == 0;
    }

    private static void Release(nint status) => ((delegate* unmanaged<nint, void>)Api.ReleaseStatus)(status);
}
