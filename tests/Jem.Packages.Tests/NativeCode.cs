using System.Buffers.Binary;
using System.Reflection.PortableExecutable;

namespace Jem.Packages.Tests;

/// <summary>For which platform a file has machine code, by the headers of the three formats.</summary>
internal static class NativeCode
{
    /// <returns>Such as <c>linux-x64</c>; null for files of another kind, .NET's own assemblies among them.</returns>
    public static string? PlatformOf(byte[] file) => file switch
    {
        // The Executable and Linkable Format (elf.h): e_machine is EM_X86_64 or EM_AARCH64.
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => $"linux-{BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(18)) switch { 62 => "x64", 183 => "arm64", var other => $"{other}" }}",

        // Mach-O of 64 bits (mach-o/loader.h): cputype is CPU_TYPE_X86_64 or CPU_TYPE_ARM64.
        [0xCF, 0xFA, 0xED, 0xFE, ..] => $"osx-{BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)) switch { 0x01000007 => "x64", 0x0100000C => "arm64", var other => $"{other}" }}",
        [(byte)'M', (byte)'Z', ..] => Windows(file),
        _ => null,
    };

    private static string? Windows(byte[] file)
    {
        using var image = new PEReader(new MemoryStream(file));
        return image.HasMetadata ? null : $"win-{image.PEHeaders.CoffHeader.Machine switch { Machine.Amd64 => "x64", Machine.Arm64 => "arm64", var other => $"{other}" }}";
    }
}
