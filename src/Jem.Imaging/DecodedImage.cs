namespace Jem.Imaging;

/// <summary>An image and what a person should know of its file.</summary>
/// <param name="Image">Upright, [C, H, W].</param>
/// <param name="Pages">Pages or frames of the file, of which the image is the first; at least 1. Smaller copies of a page do not count.</param>
/// <param name="Deep">Whether the file has more than 8 bits per sample.</param>
public readonly record struct DecodedImage(PlanarImage Image, int Pages, bool Deep)
{
    /// <summary>The highest level, 0–255, of a file of more than 8 bits per sample; null for others.</summary>
    public int? DeepPeak
    {
        get
        {
            if (!Deep)
            {
                return null;
            }

            byte peak = 0;
            foreach (var level in Image.Pixels.Span)
            {
                peak = Math.Max(peak, level);
            }

            return peak;
        }
    }
}
