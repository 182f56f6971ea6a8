namespace Jem.Imaging;

/// <summary>
/// An image as bytes, plane after plane, each row by row: [C, H, W], levels 0–255. It borrows its pixels, which nobody may
/// change while it is used, and making one allocates nothing.
/// </summary>
public readonly record struct PlanarImage
{
    /// <param name="pixels">Levels [channels, height, width]; they are not copied.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="height">In pixels, at least 1.</param>
    /// <param name="width">In pixels, at least 1.</param>
    /// <exception cref="ArgumentException">The sides are not positive or do not multiply to the number of bytes.</exception>
    public PlanarImage(ReadOnlyMemory<byte> pixels, int channels, int height, int width)
    {
        if (channels < 1 || height < 1 || width < 1 || pixels.Length != (long)channels * height * width)
        {
            var shape = $"[{channels},{height},{width}] (channels, height, width)";
            throw new ArgumentException($"An image of {shape} cannot have {pixels.Length} bytes.", nameof(pixels));
        }

        (Pixels, Channels, Height, Width) = (pixels, channels, height, width);
    }

    /// <summary>Levels [C, H, W].</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>1 is grey, 3 is red, green, blue (sRGB), 4 in a picture to be encoded is RGB and opacity; others have no meaning of their own.</summary>
    public int Channels { get; }

    /// <summary>In pixels.</summary>
    public int Height { get; }

    /// <summary>In pixels.</summary>
    public int Width { get; }

    /// <summary>One channel, [H, W].</summary>
    /// <param name="channel">From 0.</param>
    public ReadOnlySpan<byte> Plane(int channel) => Pixels.Span.Slice(channel * Height * Width, Height * Width);

    /// <summary>
    /// The image with another number of channels: grey is repeated, colour becomes its luma (ITU-R BT.601, as in Pillow and torchvision).
    /// The same number returns the image itself.
    /// </summary>
    /// <exception cref="JemException">There is no such conversion, as from 3 channels to 4.</exception>
    public PlanarImage WithChannels(int channels) => (Channels, channels) switch
    {
        var (from, to) when from == to => this,
        (3, 1) => new PlanarImage(Luma(), 1, Height, Width),
        (1, 3) => new PlanarImage((byte[])[.. Pixels.Span, .. Pixels.Span, .. Pixels.Span], 3, Height, Width),
        _ => throw new JemException($"An image of {Channels} channels cannot become one of {channels}: only grey and RGB convert into each other."),
    };

    private byte[] Luma()
    {
        // Weights of 16 bits that add up to 65536; half is added to round.
        ReadOnlySpan<byte> red = Plane(0), green = Plane(1), blue = Plane(2);
        var luma = new byte[red.Length];
        for (var i = 0; i < luma.Length; i++)
        {
            luma[i] = (byte)(((red[i] * 19595) + (green[i] * 38470) + (blue[i] * 7471) + 0x8000) >> 16);
        }

        return luma;
    }
}
