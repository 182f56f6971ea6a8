using System.Runtime.InteropServices;

namespace Jem.Shared;

/// <summary>ONNX Runtime's own reports to Microsoft, which it makes unless a variable of the environment forbids it.</summary>
internal static partial class Telemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Forbids them in this process. It must be called before ONNX Runtime is used.</summary>
    public static void Disable()
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps variables to itself; libraries read the system's.
            _ = setenv(Variable, "1", 1);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
