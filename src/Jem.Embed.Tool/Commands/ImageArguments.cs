using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>The images that a command line names.</summary>
internal static class ImageArguments
{
    /// <summary>Files as they are given, folders as the images in them; says what of these is passed over.</summary>
    /// <exception cref="EmbedUsageException">A path does not exist.</exception>
    /// <exception cref="JemException">A folder holds no image, or cannot be read.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, CommandConsole console, CancellationToken cancellation) => [.. paths.SelectMany(path =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? InFolder(path, console, cancellation).Select(image => image.Path)
        : throw new EmbedUsageException(
            $"There is no image or folder {path}.{(ImageFiles.IsNameLost(path) ? " Its name is not UTF-8 and cannot be opened: rename it." : "")}"))];

    /// <summary>The images of a folder; says what is passed over.</summary>
    /// <exception cref="EmbedUsageException">There is no such folder.</exception>
    /// <exception cref="JemException">It holds no image, or cannot be read.</exception>
    public static IReadOnlyList<FolderImage> InFolder(string folder, CommandConsole console, CancellationToken cancellation)
    {
        try
        {
            var (images, passedOver) = ImageFiles.InFolder(folder, cancellation: cancellation);
            if (images.Count == 0)
            {
                var others = passedOver.Count == 0 ? "" : $"; {passedOver}";
                throw new JemException(
                    $"There are no images in {folder}: looked for {string.Join(' ', ImageFiles.Extensions)}, in sub-folders too{others}.");
            }

            if (passedOver.Count > 0)
            {
                console.Complain($"{folder}: {passedOver}.");
            }

            return images;
        }
        catch (DirectoryNotFoundException error)
        {
            throw new EmbedUsageException(error.Message);
        }
    }
}
