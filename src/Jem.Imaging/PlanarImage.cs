namespace Jem.Imaging;

/// <summary>An image as bytes, plane after plane, each row by row: [C, H, W], levels 0–255. It borrows its pixels.</summary>
public readonly record struct PlanarImage
{
    /// <exception cref="ArgumentException">The sides are not positive or do not multiply to the number of pixels.</exception>
    public PlanarImage(ReadOnlyMemory<byte> pixels, int channels, int height, int width)
    {
        if (channels < 1 || height < 1 || width < 1 || pixels.Length != (long)channels * height * width)
        {
            throw new ArgumentException($"An image of [{channels},{height},{width}] cannot have {pixels.Length} bytes.", nameof(pixels));
        }

        (Pixels, Channels, Height, Width) = (pixels, channels, height, width);
    }

    public ReadOnlyMemory<byte> Pixels { get; }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>One channel, [H, W].</summary>
    public ReadOnlySpan<byte> Plane(int channel) => Pixels.Span.Slice(channel * Height * Width, Height * Width);
}
