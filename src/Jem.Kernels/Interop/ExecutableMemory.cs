using System.Runtime.InteropServices;

namespace Jem.Kernels.Interop;

/// <summary>Machine code in memory of its own, which may be run and no longer be written to, for as long as the process lives.</summary>
internal static unsafe partial class ExecutableMemory
{
    // Of sys/mman.h on Linux, and of Windows' memoryapi.h.
    private const int ReadWrite = 1 | 2, ReadExecute = 1 | 4, PrivateAnonymous = 2 | 0x20;
    private const uint Reserve = 0x1000 | 0x2000, PageReadWrite = 4, PageExecuteRead = 0x20;

    /// <summary>Whether this is a system where the calls are known.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    /// <returns>The address of the first instruction.</returns>
    /// <exception cref="InvalidOperationException">The system does not let it run.</exception>
    public static nint Load(byte[] code)
    {
        var (length, works, memory) = ((nuint)code.Length, false, nint.Zero);
        if (OperatingSystem.IsWindows())
        {
            memory = VirtualAlloc(0, length, Reserve, PageReadWrite);
            if (memory != 0)
            {
                Marshal.Copy(code, 0, memory, code.Length);
                uint before;
                works = VirtualProtect(memory, length, PageExecuteRead, &before) != 0;
            }
        }
        else
        {
            memory = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
            if (memory != -1)
            {
                Marshal.Copy(code, 0, memory, code.Length);
                works = Protect(memory, length, ReadExecute) == 0;
            }
        }

        return works ? memory : throw new InvalidOperationException(
            $"The system lets no memory be executed (error {Marshal.GetLastPInvokeError()}), which --precision bf16 needs: leave it out.");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint length, uint kind, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(nint address, nuint length, uint protection, uint* before);
}
