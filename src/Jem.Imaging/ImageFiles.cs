namespace Jem.Imaging;

/// <summary>An image file below a folder.</summary>
/// <param name="Name">Its path below the folder, with <c>/</c> on every system.</param>
/// <param name="Path">Where it is.</param>
public readonly record struct FolderImage(string Name, string Path);

/// <summary>Finds image files.</summary>
public static class ImageFiles
{
    // What other programs put beside pictures: thumbnails of Synology's stations, and macOS's archives.
    private static readonly string[] s_byProducts = ["@eaDir", "__MACOSX"];

    private static readonly EnumerationOptions s_visible = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden };

    /// <summary>The endings by which images in folders are recognised, in lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        [".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"];

    /// <summary>Whether a path has the ending of an image.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>
    /// All images in a folder and its sub-folders, in the order of their names (ordinal). Hidden files and folders, and folders
    /// that other programs put beside pictures, are passed over. A link is taken for what it leads to, but no folder is
    /// entered twice, so that a link to a folder that is listed anyway, its own parent included, adds nothing.
    /// </summary>
    /// <param name="folder">The folder; that itself may be hidden or a link.</param>
    /// <param name="found">Told how many images there are so far.</param>
    /// <param name="cancellation">Ends the listing.</param>
    /// <returns>Empty where there are none.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="JemException">A folder cannot be read; the message names it.</exception>
    public static IReadOnlyList<FolderImage> InFolder(string folder, Action<int>? found = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(File.Exists(folder) ? $"{folder} is a file; expected a folder of images." : $"There is no folder {folder}.");
        }

        var images = new List<FolderImage>();
        try
        {
            var root = new DirectoryInfo(Path.GetFullPath(folder));
            foreach (var file in Walk(root, cancellation).Where(IsImage))
            {
                var name = Path.GetRelativePath(root.FullName, file);
                images.Add(new FolderImage(name.Replace(Path.DirectorySeparatorChar, '/'), Path.Combine(folder, name)));
                found?.Invoke(images.Count);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var reason = error.Message.TrimEnd('.');
            throw new JemException($"Cannot list the folder '{folder}': {reason}. Check its permissions and those of the folders in it.", error);
        }

        images.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return images;
    }

    // Links to folders come last, in order: a folder has the name of the place where it really is, if that is listed.
    private static IEnumerable<string> Walk(DirectoryInfo root, CancellationToken cancellation)
    {
        var (folders, links) = (new Stack<(DirectoryInfo, string)>(), new PriorityQueue<DirectoryInfo, string>(StringComparer.Ordinal));
        var entered = new HashSet<string>();
        links.Enqueue(root, "");
        while (Next(folders, links) is var (folder, place))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!entered.Add(place))
            {
                continue;
            }

            foreach (var item in folder.EnumerateFileSystemInfos("*", s_visible))
            {
                if (item is not DirectoryInfo inner)
                {
                    yield return item.FullName;
                }
                else if (s_byProducts.Contains(inner.Name))
                {
                    continue;
                }
                else if (inner.LinkTarget is null)
                {
                    folders.Push((inner, Path.Combine(place, inner.Name)));
                }
                else
                {
                    links.Enqueue(inner, inner.FullName);
                }
            }
        }
    }

    /// <summary>A folder to enter, and where it really is.</summary>
    private static (DirectoryInfo Folder, string Place)? Next(Stack<(DirectoryInfo, string)> folders, PriorityQueue<DirectoryInfo, string> links) =>
        folders.TryPop(out var folder) ? folder : links.TryDequeue(out var link, out _) ? (link, RealPath(link.FullName)) : null;

    /// <summary>A path without links, of whichever of its folders.</summary>
    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true) is { } target ? RealPath(Path.GetFullPath(target.FullName)) : next;
        }

        return real;
    }
}
