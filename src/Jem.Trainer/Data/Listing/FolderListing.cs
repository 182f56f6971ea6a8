using Jem.Imaging;

namespace Jem.Trainer.Data.Listing;

/// <summary>Lists the image files below a folder in the order of their paths. The first level of sub-folders makes the classes.</summary>
internal static class FolderListing
{
    /// <param name="classes">Whether sub-folders are classes; otherwise every image below is taken, without labels.</param>
    /// <param name="classNames">The classes of the split that was trained on; null takes the sub-folders' names.</param>
    /// <exception cref="DataException">No images, images beside class folders, or a class that training does not have.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static FileListing Read(string root, bool classes, IReadOnlyList<string>? classNames, DataOpening opening)
    {
        var (images, passedOver) = Images(Path.GetFullPath(root), opening);
        if (images.Count == 0)
        {
            var endings = string.Join(" ", ImageFiles.Extensions);
            var others = passedOver.Count == 0 ? "" : $"; {passedOver}";
            throw new DataException($"The folder '{root}' holds no images: looked for {endings}, also in its sub-folders{others}.");
        }

        if (passedOver.Count > 0)
        {
            opening.Warn?.Invoke($"{root}: {passedOver}.");
        }

        return classes ? WithClasses(root, images, classNames) : new FileListing(Path.GetFullPath(root), Listed(images), null, []);
    }

    private static ImageListing Images(string root, DataOpening opening)
    {
        var progress = new SlowProgress(opening.Status);
        try
        {
            return ImageFiles.InFolder(root, count => progress.Tell(() => $"listing {root}: {count:N0} images"), opening.Cancellation);
        }
        catch (JemException error)
        {
            throw new DataException(error.Message, error);
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException($"Interrupted while the folder {root} was listed.", error, opening.Cancellation);
        }
    }

    private static FileListing WithClasses(string root, IReadOnlyList<FolderImage> images, IReadOnlyList<string>? classNames)
    {
        var place = Path.GetFullPath(root);
        var loose = images.FirstOrDefault(image => !image.Name.Contains('/')).Name;
        var classes = images.Where(image => image.Name.Contains('/'))
            .GroupBy(image => image.Name[..image.Name.IndexOf('/')])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (classes.Count == 0)
        {
            return new FileListing(place, Listed(images), null, []);
        }

        if (loose is not null)
        {
            throw new DataException(
                $"The folder '{root}' has images ({loose}, …) beside folders of images ({classes[0].Key}, …): "
                + "put every image into the folder of its class, or add ?classes=0 to take all of them without classes.");
        }

        var names = classNames is { Count: > 0 } ? classNames : [.. classes.Select(group => group.Key)];
        if (classes.Find(group => !names.Contains(group.Key)) is { Key: var stranger })
        {
            throw new DataException($"The folder '{root}' has the class '{stranger}', which the train split does not have ({string.Join(", ", names)}).");
        }

        var number = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        return new FileListing(
            place,
            Listed(classes.SelectMany(group => group)),
            [.. classes.SelectMany(group => Enumerable.Repeat(number[group.Key], group.Count()))],
            names);
    }

    private static ListedFile[] Listed(IEnumerable<FolderImage> images) => [.. images.Select(image => new ListedFile(image.Name, image.Path, image.Status))];
}
