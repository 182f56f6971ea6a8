using System.Runtime.InteropServices;

namespace Jem.Shared;

/// <summary>Variables of this process's environment that native libraries read.</summary>
internal static partial class SystemEnvironment
{
    /// <summary>Sets a variable. It must be called before the library that reads it is used.</summary>
    public static void Set(string variable, string value)
    {
        Environment.SetEnvironmentVariable(variable, value);
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps variables to itself; libraries read the system's.
            _ = setenv(variable, value, 1);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
