using System.Reflection.PortableExecutable;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Jem.Packages.Tests;

/// <summary>For which platform a file has machine code, by the headers of the three formats.</summary>
internal static class NativeCode
{
    /// <returns>Such as <c>linux-x64</c>; null for files of another kind, .NET's own assemblies among them.</returns>
    public static string? PlatformOf(byte[] file) => file switch
    {
        // The Executable and Linkable Format (elf.h): e_machine is EM_X86_64 or EM_AARCH64.
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => $"linux-{Processor(ReadUInt16LittleEndian(file.AsSpan(18)), 62, 183)}",

        // Mach-O of 64 bits (mach-o/loader.h): cputype is CPU_TYPE_X86_64 or CPU_TYPE_ARM64.
        [0xCF, 0xFA, 0xED, 0xFE, ..] => $"osx-{Processor(ReadUInt32LittleEndian(file.AsSpan(4)), 0x01000007, 0x0100000C)}",
        [(byte)'M', (byte)'Z', ..] => Windows(file),
        _ => null,
    };

    private static string? Windows(byte[] file)
    {
        using var image = new PEReader(new MemoryStream(file));
        return image.HasMetadata ? null : $"win-{Processor((uint)image.PEHeaders.CoffHeader.Machine, (uint)Machine.Amd64, (uint)Machine.Arm64)}";
    }

    private static string Processor(uint number, uint x64, uint arm64) => number == x64 ? "x64" : number == arm64 ? "arm64" : $"processor {number}";
}
