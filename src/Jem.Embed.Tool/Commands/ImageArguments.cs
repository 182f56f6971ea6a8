using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>The images that a command line names.</summary>
internal static class ImageArguments
{
    /// <summary>Files as they are given, folders as the images in them.</summary>
    /// <exception cref="EmbedUsageException">A path does not exist.</exception>
    /// <exception cref="JemException">A folder holds no image, or cannot be read.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, CancellationToken cancellation) => [.. paths.SelectMany(path =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? InFolder(path, cancellation).Select(image => image.Path)
        : throw new EmbedUsageException($"There is no image or folder {path}."))];

    /// <exception cref="EmbedUsageException">There is no such folder.</exception>
    /// <exception cref="JemException">It holds no image, or cannot be read.</exception>
    public static IReadOnlyList<FolderImage> InFolder(string folder, CancellationToken cancellation)
    {
        try
        {
            return ImageFiles.InFolder(folder, cancellation: cancellation) is { Count: > 0 } images
                ? images
                : throw new JemException($"There are no images in {folder}: looked for {string.Join(' ', ImageFiles.Extensions)}, in sub-folders too.");
        }
        catch (DirectoryNotFoundException error)
        {
            throw new EmbedUsageException(error.Message);
        }
    }
}
