using Jem.Imaging;
using NetVips;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>Many small images in one picture, so that a page holds each of them once however often it shows it.</summary>
internal sealed class ThumbnailAtlas
{
    public const int Columns = 25;

    private const int LargestSide = 64;
    private const int Quality = 85;

    private readonly IReadOnlyList<Image8> _tiles;
    private string? _uri;

    /// <param name="tiles">As <see cref="Tile"/> makes them, all of one number of channels.</param>
    public ThumbnailAtlas(IReadOnlyList<Image8> tiles)
    {
        _tiles = tiles;
        Side = tiles.Count == 0 ? 1 : tiles.Max(tile => Math.Max(tile.Width, tile.Height));
    }

    /// <summary>Side of the square that each image has to itself, in pixels.</summary>
    public int Side { get; }

    public int Rows => Math.Max(1, (_tiles.Count + Columns - 1) / Columns);

    /// <summary>The picture, WebP, as a source for a page. Around images that are not square it is transparent.</summary>
    public string DataUri => _uri ??= Draw();

    /// <summary>An image as grey or RGB, no larger than a tile; its proportions stay.</summary>
    public static Image8 Tile(Image8 image)
    {
        var shown = image.Channels is 1 or 3 ? image : Mean(image);
        var scale = (double)LargestSide / Math.Max(image.Width, image.Height);
        return scale >= 1 ? shown : Resizer.Resize(shown, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
    }

    private string Draw()
    {
        var (width, height) = (Columns * Side, Rows * Side);
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < _tiles.Count; i++)
        {
            var tile = _tiles[i];
            var (row, column) = Math.DivRem(i, Columns);
            var (top, left) = ((row * Side) + ((Side - tile.Height) / 2), (column * Side) + ((Side - tile.Width) / 2));
            for (var at = 0; at < tile.Width * tile.Height; at++)
            {
                var (y, x) = Math.DivRem(at, tile.Width);
                var to = (((top + y) * width) + left + x) * 4;
                for (var channel = 0; channel < 3; channel++)
                {
                    pixels[to + channel] = tile.Plane(Math.Min(channel, tile.Channels - 1))[at];
                }

                pixels[to + 3] = 255;
            }
        }

        using var memory = Image.NewFromMemory(pixels, width, height, 4, Enums.BandFormat.Uchar);
        using var picture = memory.Copy(interpretation: Enums.Interpretation.Srgb);
        return $"data:image/webp;base64,{Convert.ToBase64String(picture.WebpsaveBuffer(q: Quality, smartSubsample: true))}";
    }

    private static Image8 Mean(Image8 image)
    {
        var mean = new byte[image.Width * image.Height];
        for (var i = 0; i < mean.Length; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < image.Channels; channel++)
            {
                sum += image.Plane(channel)[i];
            }

            mean[i] = (byte)(sum / image.Channels);
        }

        return new Image8(image.Width, image.Height, 1, mean);
    }
}
