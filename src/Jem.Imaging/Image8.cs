namespace Jem.Imaging;

/// <summary>An image of 8 bits per sample, planar: channel by channel, each row-major, as encoders read it.</summary>
public sealed class Image8
{
    /// <param name="data">Channels × height × width samples; the image keeps the array.</param>
    /// <exception cref="ArgumentException">The array does not have that many samples.</exception>
    public Image8(int width, int height, int channels, byte[] data)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (data.Length != (long)width * height * channels)
        {
            throw new ArgumentException($"An image of {channels} channels, {width}×{height} pixels, needs {(long)width * height * channels} samples; got {data.Length}.", nameof(data));
        }

        (Width, Height, Channels, Data) = (width, height, channels, data);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 is grey, 3 is red, green, blue (sRGB); other counts have no meaning of their own.</summary>
    public int Channels { get; }

    /// <summary>Samples [channels, height, width].</summary>
    public byte[] Data { get; }

    public ReadOnlySpan<byte> Plane(int channel) => Data.AsSpan(channel * Width * Height, Width * Height);

    /// <summary>
    /// The image with another number of channels: grey is repeated, colour becomes its luma (ITU-R BT.601, as in Pillow and torchvision).
    /// </summary>
    /// <exception cref="JemException">There is no such conversion, as from 3 channels to 4.</exception>
    public Image8 WithChannels(int channels) => (Channels, channels) switch
    {
        var (from, to) when from == to => this,
        (3, 1) => new Image8(Width, Height, 1, Luma()),
        (1, 3) => new Image8(Width, Height, 3, [.. Data, .. Data, .. Data]),
        _ => throw new JemException($"An image of {Channels} channels cannot become one of {channels}: only grey and RGB convert into each other."),
    };

    private byte[] Luma()
    {
        // Weights of 16 bits that add up to 65536; half is added to round.
        var red = Plane(0);
        var green = Plane(1);
        var blue = Plane(2);
        var luma = new byte[red.Length];
        for (var i = 0; i < luma.Length; i++)
        {
            luma[i] = (byte)(((red[i] * 19595) + (green[i] * 38470) + (blue[i] * 7471) + 0x8000) >> 16);
        }

        return luma;
    }
}
