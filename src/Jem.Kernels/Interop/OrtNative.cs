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

    private static readonly nint s_table = TableOrNone();

    /// <summary>The table; empty where the library has none of this version: <see cref="Require()"/> comes first.</summary>
    internal static readonly OrtApi Api = s_table == 0 ? default : *(OrtApi*)s_table;

    [LibraryImport("onnxruntime")]
    private static partial OrtApiBase* OrtGetApiBase();

    /// <summary>Makes sure that the loaded library has the table. An initialiser that threw would hide why.</summary>
    /// <exception cref="NotSupportedException">It is older.</exception>
    internal static void Require() => Require(ApiVersion);

    internal static void Require(uint version)
    {
        if (Table(version) == 0)
        {
            var loaded = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)OrtGetApiBase()->GetVersionString)());
            throw new NotSupportedException(
                $"The jem kernels need version {version} of the ONNX Runtime interface; the loaded library is {loaded}. "
                + "Use Microsoft.ML.OnnxRuntime 1.31 or later, or run without the kernels.");
        }
    }

    private static nint TableOrNone()
    {
        try
        {
            return Table(ApiVersion);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    private static nint Table(uint version) => ((delegate* unmanaged<uint, nint>)OrtGetApiBase()->GetApi)(version);

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
