using Jem.Imaging;

namespace Jem.Trainer.Drawing;

/// <summary>Light paper of a size in pixels, to put colours and text on.</summary>
internal sealed class Canvas
{
    // Not white, so that white images have an edge.
    private const byte Paper = 240;

    private readonly byte[] _pixels;
    private readonly int _width, _height;

    public Canvas(int width, int height)
    {
        (_width, _height, _pixels) = (width, height, new byte[3 * height * width]);
        Array.Fill(_pixels, Paper);
    }

    public void Set(int x, int y, byte red, byte green, byte blue)
    {
        var (at, plane) = ((y * _width) + x, _height * _width);
        (_pixels[at], _pixels[at + plane], _pixels[at + (2 * plane)]) = (red, green, blue);
    }

    /// <summary>Puts text with its upper left corner at a point; what does not fit is cut off.</summary>
    /// <param name="width">The room there is.</param>
    public void Write(TextLabel label, int left, int top, int width = int.MaxValue)
    {
        for (var y = 0; y < Math.Min(label.Height, _height - top); y++)
        {
            for (var x = 0; x < Math.Min(label.Width, Math.Min(width, _width - left)); x++)
            {
                var level = (byte)(Paper * (255 - label.Ink[(y * label.Width) + x]) / 255);
                Set(left + x, top + y, level, level, level);
            }
        }
    }

    public PlanarImage ToImage() => new(_pixels, 3, _height, _width);
}
