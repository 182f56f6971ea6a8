using System.Globalization;
using Jem.Imaging;

namespace Jem.Trainer.Data.Cache;

/// <summary>Turns an image file into the pixels that a set has, always the same ones.</summary>
/// <param name="ShortSide">Larger images are reduced to it; 0 keeps them, except for <see cref="DecodeOptions.Bounded"/>.</param>
/// <param name="Range">The level of white in files of more than 8 bits per sample; 0 is that of the format.</param>
internal sealed record FileDecoder(int Channels, int ShortSide, double Range)
{
    /// <summary>What the pixels depend on beside the file.</summary>
    public string Version => string.Create(
        CultureInfo.InvariantCulture, $"decoder {ImageDecoder.Version}, {Channels} channels, short side {ShortSide}, range {Range}");

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="JemException">The file cannot be read, or has channels that do not convert.</exception>
    public PlanarImage Decode(string path) => Read(path).Image;

    /// <summary>The pixels, and what a person should know of the file.</summary>
    /// <inheritdoc cref="Decode"/>
    public DecodedImage Read(string path)
    {
        var read = ImageDecoder.Read(path, (ShortSide > 0 ? new DecodeOptions { ShortSide = ShortSide } : DecodeOptions.Bounded) with { Range = Range });
        var decoded = read.Image;
        if (decoded.Channels != Channels && (decoded.Channels, Channels) is not ((1, 3) or (3, 1)))
        {
            throw new JemException(
                $"It has {decoded.Channels} channels and cannot become one of {Channels}: take it out, or open the images with ?channels={decoded.Channels}.");
        }

        return read with { Image = decoded.WithChannels(Channels) };
    }
}
