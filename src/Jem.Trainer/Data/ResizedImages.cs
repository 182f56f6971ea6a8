using System.Buffers;
using Jem.Imaging;
using Jem.Trainer.Views;

namespace Jem.Trainer.Data;

/// <summary>Images of a set brought to one size for evaluation: squashed to a square, bilinear, antialiased.</summary>
public static class ResizedImages
{
    /// <summary>All images as one block of bytes [n, C, S, S].</summary>
    /// <exception cref="DataException">The block would be larger than 2 GiB.</exception>
    public static byte[] All(IImageSet set, int size, int channels)
    {
        var length = (long)channels * size * size;
        if (length * set.Count > Array.MaxLength)
        {
            throw new DataException($"{set.Count} images of [{channels},{size},{size}] are more than 2 GiB: take a smaller size, or fewer images at a time.");
        }

        var block = new byte[length * set.Count];
        InParallel.For(set.Count, index => One(set.Image(index), size, channels, block.AsSpan((int)(index * length), (int)length)));
        return block;
    }

    /// <summary>One image as bytes [C, S, S].</summary>
    /// <param name="channels">The image's own number, 3 for a grey image (three times the same), or 1 for a colour image (its luma).</param>
    /// <exception cref="ArgumentException">Other channels, or a destination of another length.</exception>
    public static void One(PlanarImage image, int size, int channels, Span<byte> destination)
    {
        if (destination.Length != channels * size * size || (channels != image.Channels && (image.Channels, channels) is not ((1, 3) or (3, 1))))
        {
            throw new ArgumentException($"An image of {image.Channels} channels cannot become [{channels},{size},{size}] in {destination.Length} bytes.");
        }

        var scratch = ArrayPool<float>.Shared.Rent(ViewPlanes.Length(image.Channels, size));
        var planes = new ViewPlanes(scratch, image.Channels, size);
        Resampler.Resample(image, new CropBox(0, 0, image.Width, image.Height), mirror: false, planes);
        if (image.Channels == 3 && channels == 1)
        {
            ColourChanges.Grey(planes);
        }

        for (var channel = 0; channel < channels; channel++)
        {
            ViewPlanes.Pack(planes.Plane(Math.Min(channel, image.Channels - 1)), destination.Slice(channel * size * size, size * size));
        }

        ArrayPool<float>.Shared.Return(scratch);
    }
}
