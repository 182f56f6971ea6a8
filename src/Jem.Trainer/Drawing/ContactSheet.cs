using NetVips;

namespace Jem.Trainer.Drawing;

/// <summary>A grid of square images of one size as a picture, enlarged without smoothing until one can see their pixels.</summary>
public sealed class ContactSheet
{
    private const int Gap = 4, Readable = 72, CaptionHeight = 18;

    private readonly int _side, _channels, _zoom;
    private readonly List<(string? Caption, IReadOnlyList<byte[]> Cells)> _rows = [];

    /// <param name="side">Side of an image in pixels.</param>
    /// <param name="channels">1 is shown grey and 3 in colour; of any other number the mean is shown.</param>
    public ContactSheet(int side, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        (_side, _channels, _zoom) = (side, channels, (Readable + side - 1) / side);
    }

    /// <param name="cells">Images [C, S, S]; rows may differ in length.</param>
    /// <param name="caption">A line above the row.</param>
    /// <exception cref="ArgumentException">An image has another length.</exception>
    public void Add(IReadOnlyList<byte[]> cells, string? caption = null)
    {
        if (cells.FirstOrDefault(cell => cell.Length != _channels * _side * _side) is { } odd)
        {
            throw new ArgumentException($"An image of {odd.Length} bytes does not fit a sheet of [{_channels},{_side},{_side}].");
        }

        _rows.Add((caption, cells));
    }

    /// <summary>Writes the sheet as PNG.</summary>
    /// <exception cref="InvalidOperationException">There is nothing on the sheet.</exception>
    public void Save(string path)
    {
        if (_rows.Count == 0)
        {
            throw new InvalidOperationException("The contact sheet is empty: add a row first.");
        }

        var cell = (_side * _zoom) + Gap;
        var width = Gap + (cell * _rows.Max(row => row.Cells.Count));
        var height = Gap + _rows.Sum(row => cell + (row.Caption is null ? 0 : CaptionHeight));
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, (byte)255);
        var captions = new List<(string Text, int Top)>();
        var top = Gap;
        foreach (var (caption, cells) in _rows)
        {
            if (caption is not null)
            {
                captions.Add((caption, top));
                top += CaptionHeight;
            }

            for (var column = 0; column < cells.Count; column++)
            {
                Draw(cells[column], pixels.AsSpan(), width, Gap + (column * cell), top);
            }

            top += cell;
        }

        Write(path, pixels, width, height, captions);
    }

    private void Draw(byte[] image, Span<byte> pixels, int width, int left, int top)
    {
        var area = _side * _side;
        for (var i = 0; i < area * _zoom * _zoom; i++)
        {
            var (y, x) = Math.DivRem(i, _side * _zoom);
            var (from, to) = ((y / _zoom * _side) + (x / _zoom), (((top + y) * width) + left + x) * 3);
            for (var channel = 0; channel < 3; channel++)
            {
                pixels[to + channel] = _channels is 1 or 3 ? image[(area * Math.Min(channel, _channels - 1)) + from] : Mean(image, from, area);
            }
        }
    }

    private byte Mean(byte[] image, int from, int area)
    {
        var sum = 0;
        for (var channel = 0; channel < _channels; channel++)
        {
            sum += image[(channel * area) + from];
        }

        return (byte)(sum / _channels);
    }

    private static void Write(string path, byte[] pixels, int width, int height, List<(string Text, int Top)> captions)
    {
        var sheet = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        foreach (var (text, top) in captions)
        {
            using var below = sheet;
            sheet = Label(below, text, top);
        }

        using (sheet)
        {
            sheet.WriteToFile(path);
        }
    }

    private static Image Label(Image sheet, string text, int top)
    {
        try
        {
            // The text is markup to libvips.
            using var ink = Image.Text(text.Replace("&", "&amp;").Replace("<", "&lt;"), font: "sans 10");
            using var paper = ink.Invert();
            return sheet.Insert(paper, Gap, top + 1);
        }
        catch (VipsException)
        {
            // Without fonts the pictures still tell their story.
            return sheet.Copy();
        }
    }
}
