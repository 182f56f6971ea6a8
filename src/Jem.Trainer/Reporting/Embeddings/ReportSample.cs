using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Trainer.Data;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>The images of a set that a report looks at: the same for the same seed, and as many of each class as there can be.</summary>
/// <param name="Names">What a person calls each image.</param>
/// <param name="Labels">The class of each; null without classes.</param>
/// <param name="Pixels">The images as the encoder reads them, uint8 [count, C, S, S].</param>
/// <param name="Thumbnails">The images as a person sees them.</param>
internal sealed record ReportSample(IReadOnlyList<string> Names, int[]? Labels, IReadOnlyList<string> ClassNames, byte[] Pixels, ThumbnailAtlas Thumbnails)
{
    /// <summary>At most so many images: enough for a map, few enough to embed in seconds.</summary>
    public const int Limit = 600;

    public int Count => Names.Count;

    /// <summary>Draws the images and prepares them for an encoder. An image that cannot be read is left out.</summary>
    public static ReportSample Draw(IImageSet images, ulong seed, Encoder encoder, CancellationToken cancellation)
    {
        var chosen = BalancedOrder.Of(images, seed)[..Math.Min(Limit, images.Count)];
        var (prepared, tiles) = (new ReadOnlyMemory<byte>?[chosen.Length], new PlanarImage[chosen.Length]);
        InParallel.For(chosen.Length, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var image = images.Image(chosen[i]);
                (prepared[i], tiles[i]) = (encoder.Prepare(image), ThumbnailAtlas.Tile(image));
            }
            catch (DataException)
            {
            }
        });
        var read = Enumerable.Range(0, chosen.Length).Where(i => prepared[i] is not null).ToArray();
        return new ReportSample(
            [.. read.Select(i => images.Name(chosen[i]))],
            images.Labels is { } labels && images.ClassNames.Count > 0 ? [.. read.Select(i => labels[chosen[i]])] : null,
            images.ClassNames,
            [.. read.SelectMany(i => prepared[i]!.Value.ToArray())],
            new ThumbnailAtlas([.. read.Select(i => tiles[i])]));
    }
}
