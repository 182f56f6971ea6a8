using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Drawing;

/// <summary>A column of a contact sheet.</summary>
/// <param name="Head">Lines above the column.</param>
/// <param name="Apart">Whether a wider gap sets the column apart from the one before.</param>
public readonly record struct SheetColumn(string Head, bool Apart = false);

/// <summary>
/// Rows of square images of one size as a picture no wider than a screen. Small images are enlarged without smoothing until
/// one can see their pixels; large ones are shrunk.
/// </summary>
/// <param name="side">Side of an image in pixels.</param>
/// <param name="channels">1 is shown grey and 3 in colour; of any other number the mean is shown.</param>
/// <param name="columns">What is written above the columns, and how they are grouped; nothing and not at all if null.</param>
public sealed class ContactSheet(int side, int channels, IReadOnlyList<SheetColumn>? columns = null)
{
    private const int Gap = 4, Apart = 12, LargestCell = 96, LargestWidth = 1600;

    private readonly int _side = side > 0 ? side : throw new ArgumentOutOfRangeException(nameof(side), side, "A side is at least 1 pixel.");
    private readonly int _channels = channels > 0
        ? channels
        : throw new ArgumentOutOfRangeException(nameof(channels), channels, "An image has at least 1 channel.");
    private readonly IReadOnlyList<SheetColumn> _columns = columns ?? [];
    private readonly List<(TextLabel Caption, IReadOnlyList<byte[]> Cells, IReadOnlyList<TextLabel> Notes)> _rows = [];

    /// <param name="cells">Images [C, S, S]; rows may differ in length.</param>
    /// <param name="caption">Lines to the left of the row.</param>
    /// <param name="notes">A line below each image, no wider than it; none if null.</param>
    /// <exception cref="ArgumentException">An image has another length.</exception>
    public void Add(IReadOnlyList<byte[]> cells, string caption = "", IReadOnlyList<string>? notes = null)
    {
        if (cells.FirstOrDefault(cell => cell.Length != _channels * _side * _side) is { } odd)
        {
            throw new ArgumentException($"An image of {odd.Length} bytes does not fit a sheet of [{_channels},{_side},{_side}].");
        }

        _rows.Add((TextLabel.Render(caption), cells, [.. (notes ?? []).Select(TextLabel.Render)]));
    }

    /// <summary>The sheet as an RGB image.</summary>
    /// <exception cref="InvalidOperationException">There is nothing on the sheet.</exception>
    public PlanarImage Draw()
    {
        if (_rows.Count == 0)
        {
            throw new InvalidOperationException("The contact sheet is empty: add a row first.");
        }

        var heads = _columns.Select(column => TextLabel.Render(column.Head)).ToList();
        var captions = _rows.Max(row => row.Caption.Width) is > 0 and var widest ? widest + (2 * Gap) : 0;
        var count = Math.Max(_rows.Max(row => row.Cells.Count), heads.Count);
        var gaps = Enumerable.Range(0, count + 1).Select(column => column < _columns.Count && _columns[column].Apart ? Apart : Gap).ToArray();
        var cell = CellSide((LargestWidth - captions - gaps.Sum()) / count);
        var lefts = Enumerable.Range(0, count).Select(column => captions + gaps.Take(column + 1).Sum() + (column * cell)).ToArray();
        var head = heads.Select(label => label.Height + Gap).DefaultIfEmpty(0).Max();

        var canvas = new Canvas(lefts[^1] + cell + Gap, Gap + head + _rows.Sum(row => cell + Below(row.Notes)));
        foreach (var (label, left) in heads.Zip(lefts))
        {
            canvas.Write(label, left, Gap);
        }

        var top = Gap + head;
        foreach (var (caption, cells, notes) in _rows)
        {
            canvas.Write(caption, Gap, top + Math.Max(0, (cell - caption.Height) / 2));
            for (var column = 0; column < cells.Count; column++)
            {
                Show(canvas, cells[column], cell, lefts[column], top);
            }

            for (var column = 0; column < notes.Count; column++)
            {
                canvas.Write(notes[column], lefts[column], top + cell + 1, cell);
            }

            top += cell + Below(notes);
        }

        return canvas.ToImage();
    }

    private static int Below(IReadOnlyList<TextLabel> notes) => Gap + notes.Select(note => note.Height).DefaultIfEmpty(0).Max();

    /// <summary>The side at which images are shown: a multiple of their own, or less than it.</summary>
    private int CellSide(int room)
    {
        var limit = Math.Clamp(room, 1, LargestCell);
        return _side <= limit ? limit / _side * _side : limit;
    }

    private void Show(Canvas canvas, byte[] image, int cell, int left, int top)
    {
        var side = Math.Min(cell, _side);
        var shown = Resizer.Resize(new PlanarImage(image, _channels, _side, _side), side, side).Pixels.Span;
        var (zoom, area) = (cell / side, side * side);
        for (var i = 0; i < cell * cell; i++)
        {
            var (y, x) = Math.DivRem(i, cell);
            var pixel = (y / zoom * side) + (x / zoom);
            var (red, green, blue) = _channels switch
            {
                1 => (shown[pixel], shown[pixel], shown[pixel]),
                3 => (shown[pixel], shown[area + pixel], shown[(2 * area) + pixel]),
                _ => Mean(shown, pixel, area),
            };
            canvas.Set(left + x, top + y, red, green, blue);
        }
    }

    private (byte, byte, byte) Mean(ReadOnlySpan<byte> image, int pixel, int area)
    {
        var sum = 0;
        for (var channel = 0; channel < _channels; channel++)
        {
            sum += image[(channel * area) + pixel];
        }

        var mean = (byte)(sum / _channels);
        return (mean, mean, mean);
    }
}
