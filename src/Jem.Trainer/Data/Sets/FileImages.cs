using System.Security.Cryptography;
using System.Text;
using Jem.Imaging;
using Jem.Trainer.Data.Cache;
using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Image files that can be read, in the order of their listing. Pixels come from the cache, and what it does not hold is
/// decoded each time, to the same bytes. Which files are left out is settled when the set is opened, so that nothing
/// changes while training runs or when it goes on later.
/// </summary>
internal sealed class FileImages : IImageSet
{
    private readonly FileListing _listing;
    private readonly DecodedFiles _decoded;
    private readonly int[] _files;

    private FileImages(FileListing listing, DecodedFiles decoded, string origin)
    {
        (_listing, _decoded) = (listing, decoded);
        _files = [.. Enumerable.Range(0, listing.Files.Count).Where(file => decoded.Images[file].Reason is null)];
        Labels = listing.Labels is { } labels ? [.. _files.Select(file => labels[file])] : null;
        Skipped = [.. decoded.Bad(listing)];
        Provenance = $"{Count} images {(Labels is null ? "without labels" : $"in {ClassNames.Count} classes")} from {origin}";
        Fingerprint = FingerprintOf();
    }

    public int Count => _files.Length;

    public int Channels => _decoded.Decoder.Channels;

    public int[]? Labels { get; }

    public IReadOnlyList<string> ClassNames => _listing.ClassNames;

    public string Provenance { get; }

    /// <summary>Of each image's name, class and file content.</summary>
    public string Fingerprint { get; }

    public IReadOnlyList<BadImage> Skipped { get; }

    /// <param name="origin">Where the files come from, as prose.</param>
    /// <exception cref="DataException">Too many files cannot be read, or one if the opening is strict.</exception>
    public static FileImages Open(FileListing listing, int channels, DataOpening opening, string origin) =>
        new(listing, DecodedFiles.Open(listing, new FileDecoder(channels, opening.ShortSide, opening.Range), opening), origin);

    public PlanarImage Image(int index)
    {
        var file = _files[index];
        if (_decoded.Cached(file) is { } cached)
        {
            return cached;
        }

        try
        {
            return _decoded.Decoder.Decode(_listing.Files[file].Path);
        }
        catch (Exception error) when (error is JemException or IOException)
        {
            throw new DataException($"{error.Message} It could be read when the data were opened: put it back as it was.", error);
        }
    }

    public string Name(int index) => _listing.Files[_files[index]].Name;

    private string FingerprintOf()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var index = 0; index < Count; index++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Name(index)}\t{(Labels is { } labels ? ClassNames[labels[index]] : "")}\n"));
            hash.AppendData(_decoded.Images[_files[index]].Content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
