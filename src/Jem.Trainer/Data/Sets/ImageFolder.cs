using Jem.Imaging;
using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Sets;

/// <summary>Image files of a folder, whose sub-folders <c>train</c> and <c>test</c>, by any usual name, are splits.</summary>
internal static class ImageFolder
{
    private static readonly EnumerationOptions s_below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,
    };

    /// <summary>A folder without train in it is one split, train.</summary>
    public static bool HasSplit(string folder, DataSplit split) =>
        split == DataSplit.Train || !Directory.Exists(folder)
        || (SubFolders(folder) is var names && names.Any(SplitNames.IsTrain) && names.Any(SplitNames.IsTest));

    public static IImageSet Open(string folder, DataSplit split, bool classes, int channels, DataOpening opening)
    {
        Files.RequireFolder(folder, "folder");
        var (train, test, remark) = Splits(folder);
        if (split == DataSplit.Train && remark is not null && (classes || test is not null))
        {
            opening.Warn?.Invoke(remark);
        }

        var classNames = split == DataSplit.Test ? FolderListing.Read(train, classes, null, opening with { Warn = null }).ClassNames : null;
        var listing = FolderListing.Read(split == DataSplit.Train ? train : test!, classes, classNames, opening);
        var name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/'));
        return FileImages.Open(listing, channels, opening, $"the folder {name}, {split.ToString().ToLowerInvariant()} split");
    }

    /// <summary>Where the splits are, and what a person should know of that.</summary>
    /// <exception cref="DataException">It cannot be told which folder is the train split.</exception>
    private static (string Train, string? Test, string? Remark) Splits(string folder)
    {
        var names = SubFolders(folder);
        string[] trains = [.. names.Where(SplitNames.IsTrain)];
        var test = SplitNames.ChooseTest(names);
        if (trains.Length == 0 && test is null)
        {
            return (folder, null, null);
        }

        string[] others = [.. names.Where(name => !SplitNames.IsTrain(name) && !SplitNames.IsTest(name) && HasImages(Path.Combine(folder, name)))];
        switch (trains, test)
        {
            case ([], var (name, more)) when others.Length == 0:
                throw new DataException(
                    $"The folder '{folder}' has {Named([name, .. more])} and no train split: call the folder of the images to train on train, "
                    + $"or name one of them, such as folder:{Path.Combine(folder, name)}");
            case ([], var (name, more)):
                return (folder, null, $"{folder}: {Named([name, .. more])} counts as a class, because there is no folder train.");
            case ([var train], null) when others.Length > 0:
                throw new DataException(
                    $"The folder '{folder}' has '{train}' beside {Named(others)} and no test split, so it may be a split or a class. "
                    + $"For the split write folder:{Path.Combine(folder, train)}; for a class give it another name.");
            case ([var train], _):
                string[] unused = [.. test?.Others ?? [], .. others];
                var uses = test is null ? train : $"{train} and {test.Value.Name}";
                return (
                    Path.Combine(folder, train),
                    test is null ? null : Path.Combine(folder, test.Value.Name),
                    unused.Length == 0 ? null : $"{folder}: the splits are {uses}; not used: {Named(unused)}.");
            default:
                throw new DataException(
                    $"The folder '{folder}' has several train splits, {Named(trains)}: put them together, or name one of them, "
                    + $"such as folder:{Path.Combine(folder, trains[0])}");
        }
    }

    private static string Named(string[] names) => string.Join(", ", names.Take(5).Select(name => $"'{name}'")) + (names.Length > 5 ? ", …" : "");

    private static bool HasImages(string folder) => Directory.EnumerateFiles(folder, "*", s_below).Any(ImageFiles.IsImage);

    /// <summary>In the order of their names, without those that are passed over.</summary>
    private static string[] SubFolders(string folder)
    {
        try
        {
            var names = Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path));
            return [.. names.Where(name => !ImageFiles.IsPassedOver(name)).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DataException($"Cannot list the folder '{folder}': {error.Message.TrimEnd('.')}. Check its permissions.", error);
        }
    }
}
