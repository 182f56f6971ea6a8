using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging.Resizing;
using Jem.Trainer.Data;

namespace Jem.Trainer.Eval.Vectors;

/// <summary>Turns images into vectors.</summary>
public interface IEmbedder
{
    /// <summary><c>trained</c>, <c>random</c> (the same network before training) or <c>raw</c> (the pixels themselves).</summary>
    string Name { get; }

    /// <summary>Of the encoder's file; null for raw pixels.</summary>
    string? Sha256 { get; }

    /// <summary>D: numbers per vector.</summary>
    int Dimension { get; }

    /// <summary>The vectors of neighbouring images.</summary>
    /// <param name="into">[count, D].</param>
    void Embed(IImageSet images, int first, int count, Memory<float> into);
}

/// <summary>Embeddings by an encoder file, prepared and run as Jem.Embed serves it.</summary>
/// <param name="name"><c>trained</c> or <c>random</c>.</param>
public sealed class EncoderEmbedder(string name, Encoder encoder) : IEmbedder
{
    private readonly RepeatedVectors _repeated = new();
    private readonly Dictionary<IImageSet, int> _looked = [];
    private byte[] _pixels = [];

    public string Name => name;

    public string? Sha256 => encoder.Sha256;

    public int Dimension => encoder.Info.Dimension;

    /// <summary>A line if most images got the same vector: the encoder may have collapsed.</summary>
    public string? Warning => _repeated.Warning(encoder.Name);

    /// <inheritdoc/>
    /// <exception cref="Jem.Imaging.JemException">An embedding is not finite; the message names the image and the encoder.</exception>
    public void Embed(IImageSet images, int first, int count, Memory<float> into)
    {
        var length = encoder.SamplesPerImage;
        _pixels = _pixels.Length < count * length ? new byte[count * length] : _pixels;
        InParallel.For(count, i => encoder.Prepare(images.Image(first + i)).Span.CopyTo(_pixels.AsSpan(i * length)));
        encoder.Embed(_pixels.AsSpan(0, count * length), count, into.Span, row => images.Name(first + row));

        // Images may be embedded again and again, block by block.
        if (first >= _looked.GetValueOrDefault(images))
        {
            _looked[images] = first + count;
            _repeated.Add(
                new VectorMatrix(into[..(count * Dimension)], count, Dimension),
                row => images.Name(first + row),
                row => RepeatedVectors.Content(_pixels.AsSpan(row * length, length)));
        }
    }
}

/// <summary>The pixels themselves in 0 … 1, at the size and channels that an encoder would see: the floor of every comparison.</summary>
public sealed class PixelEmbedder(EncoderInfo info) : IEmbedder
{
    public string Name => "raw";

    public string? Sha256 => null;

    public int Dimension => info.Channels * info.ImageSize * info.ImageSize;

    public void Embed(IImageSet images, int first, int count, Memory<float> into) => InParallel.For(count, i =>
    {
        var pixels = Resizer.ToSquare(images.Image(first + i), info.ImageSize, info.Resize).WithChannels(info.Channels).Pixels.Span;
        var vector = into.Span.Slice(i * pixels.Length, pixels.Length);
        for (var j = 0; j < pixels.Length; j++)
        {
            vector[j] = pixels[j] / 255f;
        }
    });
}
