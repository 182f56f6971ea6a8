using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Sets;

/// <summary>Image files of a folder, whose sub-folders <c>train</c> and <c>test</c> (or <c>val</c>) are splits.</summary>
internal static class ImageFolder
{
    /// <summary>A folder without train in it is one split, train.</summary>
    public static bool HasSplit(string folder, DataSplit split) => !Directory.Exists(folder) || SplitFolder(folder, split) is not null;

    public static IImageSet Open(string folder, DataSplit split, bool classes, int channels, DataOpening opening)
    {
        Files.RequireFolder(folder, "folder");
        var classNames = split == DataSplit.Test ? FolderListing.Read(SplitFolder(folder, DataSplit.Train)!, classes, null, opening).ClassNames : null;
        var listing = FolderListing.Read(SplitFolder(folder, split)!, classes, classNames, opening);
        var name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/'));
        return FileImages.Open(listing, channels, opening, $"the folder {name}, {split.ToString().ToLowerInvariant()} split");
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
