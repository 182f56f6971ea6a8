using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>Lists the image files below a folder in the order of their paths. The first level of sub-folders makes the classes.</summary>
internal static class FolderListing
{
    /// <param name="classes">Whether sub-folders are classes; otherwise every image below is taken, without labels.</param>
    /// <param name="classNames">The classes of the split that was trained on; null takes the sub-folders' names.</param>
    /// <exception cref="DataException">No images, images beside class folders, or a class that training does not have.</exception>
    public static FileListing Read(string root, bool classes, IReadOnlyList<string>? classNames, SlowProgress progress)
    {
        try
        {
            var folder = new DirectoryInfo(root);
            var listing = classes ? WithClasses(folder, classNames, progress) : new FileListing(folder.FullName, Images(folder.FullName, folder, deep: true, progress), null, []);
            return listing.Files.Count > 0
                ? listing
                : throw new DataException($"The folder '{root}' holds no images: looked for {string.Join(" ", ImageFiles.Extensions)}, also in its sub-folders.");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new DataException($"Cannot list the folder '{root}': {error.Message.TrimEnd('.')}. Check its permissions and those of the folders in it.", error);
        }
    }

    private static FileListing WithClasses(DirectoryInfo folder, IReadOnlyList<string>? classNames, SlowProgress progress)
    {
        var root = folder.FullName;
        var loose = Images(root, folder, deep: false, progress);
        var classes = folder.EnumerateDirectories()
            .Where(IsVisible)
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => (item.Name, Images: Images(root, item, deep: true, progress)))
            .Where(item => item.Images.Count > 0)
            .ToList();
        if (classes.Count == 0)
        {
            return new FileListing(root, loose, null, []);
        }

        if (loose.Count > 0)
        {
            throw new DataException($"The folder '{folder}' has images ({loose[0].Name}, …) beside folders of images ({classes[0].Name}, …): put every image into the folder of its class, or add ?classes=0 to take all of them without classes.");
        }

        var names = classNames is { Count: > 0 } ? classNames : [.. classes.Select(item => item.Name)];
        var stranger = classes.FirstOrDefault(item => !names.Contains(item.Name)).Name;
        if (stranger is not null)
        {
            throw new DataException($"The folder '{folder}' has the class '{stranger}', which the train split does not have ({string.Join(", ", names)}).");
        }

        var number = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        return new FileListing(
            root,
            [.. classes.SelectMany(item => item.Images)],
            [.. classes.SelectMany(item => Enumerable.Repeat(number[item.Name], item.Images.Count))],
            names);
    }

    private static List<ListedFile> Images(string root, DirectoryInfo folder, bool deep, SlowProgress progress)
    {
        var files = new List<ListedFile>();
        foreach (var file in folder.EnumerateFiles("*", deep ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly))
        {
            if (IsVisible(file) && ImageFiles.IsImage(file.Name))
            {
                files.Add(ListedFile.Of(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), file));
                progress.Tell(() => $"listing {folder.FullName}: {files.Count:N0} images");
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    private static bool IsVisible(FileSystemInfo item) => !item.Name.StartsWith('.');
}
