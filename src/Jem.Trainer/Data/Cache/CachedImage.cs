using System.Numerics;
using System.Runtime.InteropServices;

namespace Jem.Trainer.Data.Cache;

/// <summary>What decoding found in one file.</summary>
/// <param name="Offset">Where in the cache its pixels are, planar [C, H, W]; −1 where they are not kept.</param>
/// <param name="Checksum">Of the pixels.</param>
/// <param name="Content">SHA-256 of the file.</param>
/// <param name="Pages">Pages or frames of the file.</param>
/// <param name="DeepPeak">The highest level in a file of more than 8 bits per sample; null for others.</param>
/// <param name="Reason">Why it cannot be read; null for a good image.</param>
internal sealed record CachedImage(long Offset, int Width, int Height, uint Checksum, byte[] Content, int Pages, int? DeepPeak, string? Reason)
{
    public static CachedImage Bad(string reason) => new(-1, 0, 0, 0, [], 1, null, reason);

    /// <summary>CRC-32C: processors have an instruction for it, so that looking at an image first costs no more than reading it.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> pixels)
    {
        var checksum = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(pixels);
        foreach (var word in words)
        {
            checksum = BitOperations.Crc32C(checksum, word);
        }

        foreach (var rest in pixels[(8 * words.Length)..])
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }

        return ~checksum;
    }
}
