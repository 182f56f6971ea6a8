namespace Jem.Imaging;

/// <summary>Finds image files.</summary>
public static class ImageFiles
{
    /// <summary>The endings by which images in folders are recognised.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        [".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"];

    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>All images in a folder and its sub-folders, in the order of their names (ordinal).</summary>
    /// <exception cref="EmbedUsageException">There is no such folder.</exception>
    /// <exception cref="JemException">There is no image in it.</exception>
    public static IReadOnlyList<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EmbedUsageException(File.Exists(folder) ? $"{folder} is a file; expected a folder of images." : $"There is no folder {folder}.");
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        var files = Directory.EnumerateFiles(folder, "*", options).Where(IsImage).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0
            ? files
            : throw new JemException($"There are no images in {folder}: looked for {string.Join(' ', Extensions)}, in sub-folders too.");
    }

    /// <summary>Files as they are given, folders as the images in them.</summary>
    /// <exception cref="EmbedUsageException">A path does not exist.</exception>
    /// <exception cref="JemException">A folder holds no image.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths) => [.. paths.SelectMany(path =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? InFolder(path)
        : throw new EmbedUsageException($"There is no image or folder {path}."))];
}
