using Jem.Imaging;

namespace Jem.Trainer.Data.Cache;

/// <summary>Turns an image file into the pixels that a set has, always the same ones.</summary>
/// <param name="ShortSide">Larger images are reduced to it; 0 keeps them.</param>
internal sealed record FileDecoder(int Channels, int ShortSide)
{
    /// <summary>What the pixels depend on beside the file.</summary>
    public string Version => $"decoder {ImageDecoder.Version}, {Channels} channels, short side {ShortSide}";

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="JemException">The file cannot be read, or has channels that do not convert.</exception>
    public PlanarImage Decode(string path)
    {
        var decoded = ImageDecoder.Decode(path, new DecodeOptions { ShortSide = ShortSide });
        if (decoded.Channels != Channels && (decoded.Channels, Channels) is not ((1, 3) or (3, 1)))
        {
            throw new JemException(
                $"It has {decoded.Channels} channels and cannot become one of {Channels}: take it out, or open the images with ?channels={decoded.Channels}.");
        }

        return decoded.WithChannels(Channels);
    }
}
