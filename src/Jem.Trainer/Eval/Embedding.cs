using Jem.Embed.Images;
using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;

namespace Jem.Trainer.Eval;

/// <summary>Turns a labelled image set into vectors, by an encoder file or as raw pixels.</summary>
public static class Embedding
{
    private const int BatchSize = 256;

    /// <summary>Embeddings by an encoder file, prepared and run as Jem.Embed serves it.</summary>
    /// <param name="report">Told how many images are done.</param>
    public static LabelledVectors ByEncoder(Encoder encoder, IImageSet images, Action<int> report, CancellationToken cancellation)
    {
        var data = new float[(long)images.Count * encoder.Info.Dimension];
        var pixels = new byte[BatchSize * encoder.SamplesPerImage];
        for (var first = 0; first < images.Count; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, images.Count - first);
            Parallel.For(0, count, i => encoder.Prepare(Image(images, first + i)).CopyTo(pixels.AsSpan(i * encoder.SamplesPerImage)));
            encoder.Embed(pixels.AsSpan(0, count * encoder.SamplesPerImage), count, data.AsSpan(first * encoder.Info.Dimension, count * encoder.Info.Dimension));
            report(first + count);
        }

        return Labelled(images, new VectorMatrix(data, images.Count, encoder.Info.Dimension));
    }

    /// <summary>The pixels themselves, at the size and channels that an encoder would see: the floor of every comparison.</summary>
    public static LabelledVectors ByPixels(EncoderInfo info, IImageSet images)
    {
        var length = info.Channels * info.ImageSize * info.ImageSize;
        var data = new float[(long)images.Count * length];
        Parallel.For(0, images.Count, i =>
        {
            var pixels = Resizer.ToSquare(Image(images, i), info.ImageSize, info.Resize).WithChannels(info.Channels).Data;
            for (var j = 0; j < length; j++)
            {
                data[((long)i * length) + j] = pixels[j] / 255f;
            }
        });
        return Labelled(images, new VectorMatrix(data, images.Count, length));
    }

    private static Image8 Image(IImageSet images, int index)
    {
        var image = images.Image(index);
        return new Image8(image.Width, image.Height, image.Channels, image.Pixels.ToArray());
    }

    private static LabelledVectors Labelled(IImageSet images, VectorMatrix vectors) => new(
        vectors,
        images.Labels ?? throw new UsageException("Evaluation needs labels, and these images have none. Give folder:DIR a sub-folder per class."),
        images.ClassNames.Count);
}
