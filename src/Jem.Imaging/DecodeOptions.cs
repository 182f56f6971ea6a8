namespace Jem.Imaging;

/// <summary>How a file becomes an image.</summary>
public sealed record DecodeOptions
{
    /// <summary>The image as it is.</summary>
    public static DecodeOptions Default { get; } = new();

    /// <summary>
    /// The image as it is up to 2^24 pixels; a larger one is reduced to a shorter side of 2048 pixels while it is decoded, so that it is
    /// never held whole.
    /// </summary>
    public static DecodeOptions Bounded { get; } = new() { ShortSide = 2048, ReduceAbove = 1 << 24 };

    /// <summary>Reduces the image while it is decoded, until its shorter side has this many pixels, if it has more; 0 does not.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int ShortSide
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ShortSide), value, "Expected pixels, or 0 to keep the image as it is.");
    }

    /// <summary>Images of at most so many pixels are not reduced, whatever <see cref="ShortSide"/> says.</summary>
    public long ReduceAbove { get; init; }

    /// <summary>
    /// The level of white in samples of more than 8 bits: 4095 for a camera of 12 bits. Levels from 0 to it become 0–255 in proportion, what lies
    /// outside is cut off. 0 takes 65535 for 16 bits and refuses numbers with a fraction and a sign, whose range no one knows.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double Range
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Range), value, "Expected the level of white, or 0 for that of the format.");
    }

    /// <summary>What a file may ask for.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;
}
