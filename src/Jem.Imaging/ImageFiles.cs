using Jem.Imaging.Files;

namespace Jem.Imaging;

/// <summary>An image file below a folder.</summary>
/// <param name="Name">Its path below the folder, with <c>/</c> on every system.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Status">What the system knew of it when it was listed; of a link, what it leads to.</param>
public readonly record struct FolderImage(string Name, string Path, FileStatus Status);

/// <summary>The images of a folder.</summary>
/// <param name="Images">In the order of their names (ordinal).</param>
/// <param name="PassedOver">What looks like an image and is not among them.</param>
public sealed record ImageListing(IReadOnlyList<FolderImage> Images, PassedOver PassedOver);

/// <summary>Finds image files.</summary>
public static class ImageFiles
{
    // What other programs put beside pictures: file stations' thumbnails and bins, macOS's archives, what was found on a broken disk.
    private static readonly HashSet<string> s_byProducts = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir", "@tmp", "@__thumb", "@Recycle", "#recycle", "#snapshot", "@Recently-Snapshot", "$RECYCLE.BIN", "System Volume Information", "LOST.DIR",
        "__MACOSX", "iPod Photo Cache", "Network Trash Folder", "Temporary Items", "lost+found", "__pycache__",
    };

    // Formats of photographs and drawings, so that a person who has them learns that they are not read.
    private static readonly HashSet<string> s_known =
    [
        ".heic", ".heif", ".hif", ".jxl", ".jp2", ".j2k", ".jpx", ".jpf", ".jxr", ".wdp", ".apng", ".jpe", ".jif", ".svg", ".svgz", ".psd", ".psb",
        ".xcf", ".ai", ".eps", ".ico", ".cur", ".tga", ".dds", ".pcx", ".exr", ".hdr", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".qoi", ".dib", ".fits", ".fit",
        ".dcm", ".nii", ".czi", ".svs", ".ndpi", ".raw", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".raf", ".pef",
        ".srw", ".x3f", ".3fr", ".erf", ".kdc", ".mrw", ".iiq", ".rwl",
    ];

    /// <summary>The endings by which images in folders are recognised, in lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        [".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif"];

    /// <summary>Whether a path has the ending of an image that is read.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>
    /// All images in a folder and its sub-folders. Hidden files and folders, and folders that other programs put beside
    /// pictures, are passed over. A link is taken for what it leads to, but no folder is entered twice, so that a link to a
    /// folder that is listed anyway, its own parent included, adds nothing.
    /// </summary>
    /// <param name="folder">The folder; that itself may be hidden or a link.</param>
    /// <param name="found">Told how many images there are so far.</param>
    /// <param name="cancellation">Ends the listing.</param>
    /// <returns>Without images where there are none.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="JemException">A folder cannot be read; the message names it.</exception>
    public static ImageListing InFolder(string folder, Action<int>? found = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(File.Exists(folder) ? $"{folder} is a file; expected a folder of images." : $"There is no folder {folder}.");
        }

        var (images, walk) = (new List<FolderImage>(), new FolderWalk(Path.GetFullPath(folder), cancellation));
        try
        {
            foreach (var (name, status) in walk.Images())
            {
                images.Add(new FolderImage(name.Replace(Path.DirectorySeparatorChar, '/'), Path.Combine(folder, name), status));
                found?.Invoke(images.Count);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var reason = error.Message.TrimEnd('.');
            throw new JemException($"Cannot list the folder '{folder}': {reason}. Check its permissions and those of the folders in it.", error);
        }

        images.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return new ImageListing(images, walk.PassedOver);
    }

    /// <summary>Whether a folder of this name is passed over: it is hidden, or one that other programs put beside pictures.</summary>
    public static bool IsPassedOver(string folderName) => folderName.StartsWith('.') || s_byProducts.Contains(folderName);

    /// <summary>
    /// Whether a name was not UTF-8 on the disk: .NET shows a replacement character in its place, and a file of that name is not there.
    /// </summary>
    public static bool IsNameLost(string path) => path.Contains('\uFFFD') && !Path.Exists(path);

    /// <summary>Whether a path has the ending of an image in a format that is not read.</summary>
    internal static bool IsUnread(string path) => s_known.Contains(Path.GetExtension(path).ToLowerInvariant()) && !IsImage(path);
}
