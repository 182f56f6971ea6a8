namespace Jem.Imaging;

/// <summary>
/// What a file may ask for before it is refused by name. Everything is looked at before memory is taken. There is no limit on
/// seconds: a clock would leave out other files on a slower machine. Pixels and scans bound the time instead.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The limits that apply unless others are given: photographs of 150 megapixels and panoramas of a gigapixel pass.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Bytes of a file.</summary>
    public long FileBytes { get; init; } = 16L << 30;

    /// <summary>Pixels of the longer side.</summary>
    public int Side { get; init; } = 1 << 18;

    /// <summary>Pixels of an image that is reduced while it is decoded.</summary>
    public long Pixels { get; init; } = 1 << 30;

    /// <summary>
    /// Bytes of memory that decoding one file may take: what is kept of the result, and what a format keeps whole, such as a progressive JPEG or
    /// an interlaced PNG. Files that need more than a quarter of it are decoded one at a time.
    /// </summary>
    public long Memory { get; init; } = 1 << 30;

    /// <summary>Scans of a JPEG. Each goes over all pixels; programs write about ten.</summary>
    public int Scans { get; init; } = 64;

    /// <summary>Pages or frames of a file, of which the first is read.</summary>
    public int Pages { get; init; } = 100_000;
}
