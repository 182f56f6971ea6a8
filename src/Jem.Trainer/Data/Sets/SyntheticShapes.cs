using System.Security.Cryptography;
using System.Text;
using Jem.Graphs.Seeding;
using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Shapes drawn by code, needing no download. An image depends on nothing but the options' seed, the split and its number;
/// its class is its number modulo the number of classes. Drawn when asked for, then kept.
/// </summary>
internal sealed class SyntheticShapes : IImageSet
{
    private static readonly ulong s_stream = SeededRandom.Hash("synthetic:shapes");
    private readonly ShapesOptions _options;
    private readonly DataSplit _split;
    private readonly byte[]?[] _images;

    public SyntheticShapes(ShapesOptions options, DataSplit split)
    {
        (_options, _split) = (options, split);
        _images = new byte[]?[split == DataSplit.Train ? options.Count : options.Count / 5];
        Labels = [.. Enumerable.Range(0, Count).Select(index => index % ShapeClass.All.Count)];
    }

    public int Count => _images.Length;

    public int Channels => _options.Channels;

    public int[]? Labels { get; }

    public IReadOnlyList<string> ClassNames { get; } = [.. ShapeClass.All.Select(shape => shape.Name)];

    public string Provenance =>
        $"{Count} synthetic shapes of {_options.Size}×{_options.Size} drawn by Jem, {_split.ToString().ToLowerInvariant()} split, seed {_options.Seed}";

    /// <summary>Of the options and the version of the drawing, as they determine every pixel.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"synthetic:shapes version 1 {_options} {_split}")));

    public PlanarImage Image(int index)
    {
        // Two threads may draw the same image at once: they draw the same pixels.
        var pixels = _images[index] ??= Draw(index);
        return new PlanarImage(pixels, Channels, _options.Size, _options.Size);
    }

    public string Name(int index) => $"{_split.ToString().ToLowerInvariant()}/{index}";

    private byte[] Draw(int index)
    {
        var random = new SeededRandom(_options.Seed, s_stream, (ulong)_split, (ulong)index);
        return ShapePainter.Paint(ShapeClass.All[index % ShapeClass.All.Count], ref random, _options.Size, _options.Channels);
    }
}
