namespace Jem.Trainer.Data.Cache;

/// <summary>What decoding found in one file.</summary>
/// <param name="Offset">Where in the cache its pixels are, planar [C, H, W]; −1 where they are not kept.</param>
/// <param name="Content">SHA-256 of the file.</param>
/// <param name="Reason">Why it cannot be read; null for a good image.</param>
internal sealed record CachedImage(long Offset, int Width, int Height, byte[] Content, string? Reason)
{
    public static CachedImage Bad(string reason) => new(-1, 0, 0, [], reason);
}
