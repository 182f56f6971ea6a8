using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>Many small images in one picture, so that a page holds each of them once however often it shows it.</summary>
internal sealed class ThumbnailAtlas
{
    public const int Columns = 25;

    private const int LargestSide = 64;

    private readonly IReadOnlyList<PlanarImage> _tiles;
    private string? _uri;

    /// <param name="tiles">As <see cref="Tile"/> makes them, all of one number of channels.</param>
    public ThumbnailAtlas(IReadOnlyList<PlanarImage> tiles)
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
    public static PlanarImage Tile(PlanarImage image) => Resizer.ToFit(image.Channels is 1 or 3 ? image : Mean(image), LargestSide);

    private string Draw()
    {
        var (width, height) = (Columns * Side, Rows * Side);
        var pixels = new byte[4 * height * width];
        for (var i = 0; i < _tiles.Count; i++)
        {
            var tile = _tiles[i];
            var (row, column) = Math.DivRem(i, Columns);
            var (top, left) = ((row * Side) + ((Side - tile.Height) / 2), (column * Side) + ((Side - tile.Width) / 2));
            for (var line = 0; line < 4 * tile.Height; line++)
            {
                var (channel, y) = Math.DivRem(line, tile.Height);
                var to = pixels.AsSpan((((channel * height) + top + y) * width) + left, tile.Width);
                if (channel < 3)
                {
                    tile.Plane(Math.Min(channel, tile.Channels - 1)).Slice(y * tile.Width, tile.Width).CopyTo(to);
                }
                else
                {
                    to.Fill(255);
                }
            }
        }

        return ImageEncoder.ToWebPUri(new PlanarImage(pixels, 4, height, width));
    }

    private static PlanarImage Mean(PlanarImage image)
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

        return new PlanarImage(mean, 1, image.Height, image.Width);
    }
}
