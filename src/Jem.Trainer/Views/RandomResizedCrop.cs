using Jem.Graphs.Seeding;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Views;

/// <summary>Draws the rectangles of images that views show.</summary>
internal static class RandomResizedCrop
{
    /// <summary>
    /// A rectangle of random area, shape and place, as torchvision's RandomResizedCrop: ten tries to fit the drawn area
    /// and ratio into the image, then the largest central rectangle whose ratio is allowed.
    /// </summary>
    /// <param name="scale">Area as a fraction of the image's: [low, high].</param>
    /// <param name="ratio">Width : height, log-uniform: [low, high].</param>
    public static CropBox Draw(ref SeededRandom random, int width, int height, ReadOnlySpan<double> scale, ReadOnlySpan<double> ratio)
    {
        var (logLow, logHigh) = (Math.Log(ratio[0]), Math.Log(ratio[1]));
        for (var tries = 0; tries < 10; tries++)
        {
            var area = random.NextDouble(scale[0], scale[1]) * width * height;
            var aspect = Math.Exp(random.NextDouble(logLow, logHigh));
            var w = (int)Math.Round(Math.Sqrt(area * aspect));
            var h = (int)Math.Round(Math.Sqrt(area / aspect));
            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                var top = random.NextInt(height - h + 1);
                return new CropBox(random.NextInt(width - w + 1), top, w, h);
            }
        }

        return Central(width, height, ratio[0], ratio[1]);
    }

    private static CropBox Central(int width, int height, double lowest, double highest)
    {
        var ratio = (double)width / height;
        var (w, h) = (width, height);
        if (ratio < lowest)
        {
            h = Math.Max(1, (int)Math.Round(w / lowest));
        }
        else if (ratio > highest)
        {
            w = Math.Max(1, (int)Math.Round(h * highest));
        }

        return new CropBox((width - w) / 2, (height - h) / 2, w, h);
    }
}
