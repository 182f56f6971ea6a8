using System.Runtime.CompilerServices;
using Jem.Trainer.Views;

namespace Jem.Trainer.Data.Sets;

/// <summary>Image files of a folder, decoded when they are asked for and kept while the cache has room.</summary>
internal sealed class ImageFolder : IImageSet
{
    private readonly FolderListing _listing;
    private readonly DataOpening _opening;
    private readonly StrongBox<PlanarImage>?[] _cache;
    private readonly Lazy<string> _fingerprint;
    private long _cached;

    private ImageFolder(FolderListing listing, int channels, string provenance, DataOpening opening)
    {
        (_listing, Channels, Provenance, _opening) = (listing, channels, provenance, opening);
        (_cache, _fingerprint) = (new StrongBox<PlanarImage>?[listing.Images.Count], new(listing.Fingerprint));
    }

    public int Count => _listing.Images.Count;

    public int Channels { get; }

    public int[]? Labels => _listing.Labels;

    public IReadOnlyList<string> ClassNames => _listing.ClassNames;

    public string Provenance { get; }

    public string Fingerprint => _fingerprint.Value;

    /// <summary>A folder without train in it is one split, train.</summary>
    public static bool HasSplit(string folder, DataSplit split) => !Directory.Exists(folder) || SplitFolder(folder, split) is not null;

    public static ImageFolder Open(string folder, DataSplit split, int channels, DataOpening opening)
    {
        Files.RequireFolder(folder, "folder");
        var classNames = split == DataSplit.Test ? FolderListing.Read(SplitFolder(folder, DataSplit.Train)!, null).ClassNames : null;
        var listing = FolderListing.Read(SplitFolder(folder, split)!, classNames);
        var classes = listing.Labels is null ? "without labels" : $"in {listing.ClassNames.Count} classes";
        var provenance = $"{listing.Images.Count} images {classes} from the folder {Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/'))}, {split.ToString().ToLowerInvariant()} split";
        return new ImageFolder(listing, channels, provenance, opening);
    }

    public PlanarImage Image(int index)
    {
        if (_cache[index] is { } hit)
        {
            return hit.Value;
        }

        var image = ImageDecoder.Decode(_listing.Images[index].FullName, Channels, _opening.ShortSide);
        if (Volatile.Read(ref _cached) + image.Pixels.Length <= _opening.CacheBytes && Interlocked.CompareExchange(ref _cache[index], new(image), null) is null)
        {
            Interlocked.Add(ref _cached, image.Pixels.Length);
        }

        return image;
    }

    public string Name(int index) => _listing.Name(index);

    private static string? SplitFolder(string folder, DataSplit split)
    {
        var train = Path.Combine(folder, "train");
        var splits = Directory.Exists(train);
        return split == DataSplit.Train
            ? splits ? train : folder
            : splits ? new[] { "test", "val" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists) : null;
    }
}
