using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>Images of one size whose pixels are all in memory.</summary>
/// <param name="images">Each planar, [C, H, W].</param>
/// <param name="labels">As the data have them; null without classes.</param>
/// <param name="classNames">The names of the classes, in order.</param>
/// <param name="classes">Their labels, in order; null where they are numbered from 0.</param>
internal sealed class MemoryImageSet(
    string name,
    byte[][] images,
    int channels,
    int height,
    int width,
    int[]? labels,
    IReadOnlyList<string> classNames,
    string provenance,
    int[]? classes = null)
    : IImageSet
{
    private readonly Lazy<string> _fingerprint = new(() =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>([channels, height, width]));
        foreach (var image in images)
        {
            hash.AppendData(image);
        }

        hash.AppendData(MemoryMarshal.AsBytes<int>(labels));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    });

    public int Count => images.Length;

    public int Channels => channels;

    public int[]? Labels { get; } = labels is null || classes is null ? labels : [.. labels.Select(label => Array.BinarySearch(classes, label))];

    public IReadOnlyList<string> ClassNames => classNames;

    public string Provenance => provenance;

    public string Fingerprint => _fingerprint.Value;

    public PlanarImage Image(int index) => new(images[index], channels, height, width);

    public string Name(int index) => $"{name}/{index}";
}
