using System.Text;
using Jem.Imaging.Decoding;
using NetVips;

namespace Jem.Imaging;

/// <summary>Drawings in SVG as pixels.</summary>
internal static class SvgImage
{
    static SvgImage() => LibVips.SetUp();

    /// <summary>A drawing of our own at its own size, RGB, on white. SVG from elsewhere can name other files: do not give it here.</summary>
    /// <exception cref="JemException">It is no SVG.</exception>
    public static PlanarImage Render(string svg)
    {
        try
        {
            using var drawn = Image.SvgloadBuffer(Encoding.UTF8.GetBytes(svg));
            return Pixels.Read(drawn);
        }
        catch (VipsException error)
        {
            throw new JemException($"Cannot draw the SVG: {LibVips.Reason(error)}.", error);
        }
    }
}
