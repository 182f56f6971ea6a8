using Jem.Imaging;
using Jem.Trainer.Data;

namespace Jem.Trainer.Eval.Vectors;

/// <summary>Some images of a set.</summary>
internal sealed class ImageSubset(IImageSet images, IReadOnlyList<int> rows) : IImageSet
{
    public int Count => rows.Count;

    public int Channels => images.Channels;

    public int[]? Labels { get; } = images.Labels is { } labels ? [.. rows.Select(row => labels[row])] : null;

    public IReadOnlyList<string> ClassNames => images.ClassNames;

    public string Provenance => images.Provenance;

    public string Fingerprint => images.Fingerprint;

    public PlanarImage Image(int index) => images.Image(rows[index]);

    public string Name(int index) => images.Name(rows[index]);
}
