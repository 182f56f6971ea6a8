using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>Images of one size whose pixels are all in memory.</summary>
/// <param name="images">Each planar, [C, H, W].</param>
internal sealed class MemoryImageSet(
    string name,
    byte[][] images,
    int channels,
    int height,
    int width,
    int[]? labels,
    IReadOnlyList<string> classNames,
    string provenance)
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

    public int[]? Labels => labels;

    public IReadOnlyList<string> ClassNames => classNames;

    public string Provenance => provenance;

    public string Fingerprint => _fingerprint.Value;

    public PlanarImage Image(int index) => new(images[index], channels, height, width);

    public string Name(int index) => $"{name}/{index}";
}
