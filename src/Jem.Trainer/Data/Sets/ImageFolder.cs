using System.Runtime.CompilerServices;
using Jem.Embed;
using Jem.Embed.Images;
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

        var image = Decode(_listing.Images[index].FullName);
        if (Volatile.Read(ref _cached) + image.Pixels.Length <= _opening.CacheBytes && Interlocked.CompareExchange(ref _cache[index], new(image), null) is null)
        {
            Interlocked.Add(ref _cached, image.Pixels.Length);
        }

        return image;
    }

    public string Name(int index) => _listing.Name(index);

    private PlanarImage Decode(string path)
    {
        Image8? decoded = null;
        try
        {
            decoded = ImageDecoder.Decode(path, _opening.ShortSide);
            var image = decoded.WithChannels(Channels);
            return new PlanarImage(image.Data, image.Channels, image.Height, image.Width);
        }
        catch (EmbedException error)
        {
            throw new DataException(
                decoded is null
                    ? $"{error.Message} Repair it or take it out of the folder."
                    : $"{path} does not fit: {error.Message} Take it out of the folder or open the folder with ?channels={decoded.Channels}.",
                error);
        }
    }

    private static string? SplitFolder(string folder, DataSplit split)
    {
        var train = Path.Combine(folder, "train");
        var splits = Directory.Exists(train);
        return split == DataSplit.Train
            ? splits ? train : folder
            : splits ? new[] { "test", "val" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists) : null;
    }
}
