using System.Buffers;

namespace Jem.Imaging.Resizing;

/// <summary>
/// Bilinear resizing with antialiasing: when an image shrinks, the triangle filter widens by the same factor
/// (as in Pillow, and in torchvision with <c>antialias=True</c>). The result is rounded once, to whole levels.
/// </summary>
public static class Resizer
{
    /// <summary>The image as a square. Where nothing changes it is the same image, not a copy.</summary>
    /// <param name="image">Of any size and number of channels.</param>
    /// <param name="side">Of the square, in pixels.</param>
    /// <param name="rule">What becomes of an image that is not square.</param>
    public static PlanarImage ToSquare(PlanarImage image, int side, ResizeRule rule)
    {
        var (width, height) = (side, side);
        if (rule == ResizeRule.ShortestSideCenterCrop)
        {
            var shortest = Math.Min(image.Width, image.Height);
            (width, height) = ((int)((long)side * image.Width / shortest), (int)((long)side * image.Height / shortest));
        }

        return Resize(image, ResizeAxis.Middle(image.Width, width, side), ResizeAxis.Middle(image.Height, height, side));
    }

    /// <summary>The image at exactly this size, in pixels. Where nothing changes it is the same image, not a copy.</summary>
    public static PlanarImage Resize(PlanarImage image, int width, int height) =>
        Resize(image, ResizeAxis.Whole(0, image.Width, width), ResizeAxis.Whole(0, image.Height, height));

    /// <summary>The image reduced until neither side is longer than this; a smaller one stays. The proportions stay too.</summary>
    /// <param name="image">Of any size and number of channels.</param>
    /// <param name="longestSide">In pixels, at least 1.</param>
    public static PlanarImage ToFit(PlanarImage image, int longestSide)
    {
        var scale = (double)longestSide / Math.Max(image.Width, image.Height);
        return scale >= 1 ? image : Resize(image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
    }

    private static PlanarImage Resize(PlanarImage image, ResizeAxis columns, ResizeAxis rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows.Count);
        if (columns.IsIdentity && rows.IsIdentity)
        {
            return image;
        }

        var scratch = ArrayPool<float>.Shared.Rent(FloatPlanes.Length(image.Channels, rows.Count, columns.Count));
        var planes = new FloatPlanes(scratch, image.Channels, rows.Count, columns.Count);
        Resampler.Resample(image, columns, rows, ResizeFilter.Default, planes);
        var pixels = new byte[image.Channels * rows.Count * columns.Count];
        planes.CopyTo(pixels);
        ArrayPool<float>.Shared.Return(scratch);
        return new PlanarImage(pixels, image.Channels, rows.Count, columns.Count);
    }
}
