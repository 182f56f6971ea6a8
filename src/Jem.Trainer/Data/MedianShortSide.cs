namespace Jem.Trainer.Data;

/// <summary>The size of the images of a set, in one number.</summary>
internal static class MedianShortSide
{
    private const int Looked = 200;

    /// <summary>The median of the shorter sides of some images, spread evenly over the set, in pixels.</summary>
    public static int Of(IImageSet images)
    {
        var looked = Math.Min(images.Count, Looked);
        var sides = new int[looked];
        InParallel.For(looked, i =>
        {
            var image = images.Image((int)((long)i * images.Count / looked));
            sides[i] = Math.Min(image.Width, image.Height);
        });
        Array.Sort(sides);
        return sides[looked / 2];
    }
}
