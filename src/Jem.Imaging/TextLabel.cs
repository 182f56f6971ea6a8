using NetVips;

namespace Jem.Imaging;

/// <summary>Rendered text: ink 0–255, [height, width].</summary>
internal sealed record TextLabel(byte[] Ink, int Width, int Height)
{
    private static readonly TextLabel s_empty = new([], 0, 0);

    static TextLabel() => LibVips.SetUp();

    /// <param name="text">Lines separated by \n.</param>
    /// <returns>Nothing, 0×0, where there are no fonts: pictures tell their story without.</returns>
    public static TextLabel Render(string text)
    {
        if (text.Length == 0)
        {
            return s_empty;
        }

        try
        {
            // The text is markup to libvips.
            using var ink = Image.Text(text.Replace("&", "&amp;").Replace("<", "&lt;"), font: "sans 9");
            return new TextLabel(ink.WriteToMemory<byte>(), ink.Width, ink.Height);
        }
        catch (VipsException)
        {
            return s_empty;
        }
    }
}
