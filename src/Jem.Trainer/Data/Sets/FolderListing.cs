using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Jem.Trainer.Data.Sets;

/// <summary>The image files below a folder in the order of their paths, and the classes that the sub-folders make.</summary>
internal sealed record FolderListing(string Root, IReadOnlyList<FileInfo> Images, int[]? Labels, IReadOnlyList<string> ClassNames)
{
    public static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"];

    /// <param name="classNames">The classes of the split that was trained on; null takes the sub-folders' names.</param>
    /// <exception cref="DataException">No images, images beside class folders, or a class that training does not have.</exception>
    public static FolderListing Read(string root, IReadOnlyList<string>? classNames)
    {
        var folder = new DirectoryInfo(root);
        var loose = ImagesIn(folder, SearchOption.TopDirectoryOnly);
        var classes = folder.EnumerateDirectories()
            .Where(IsVisible)
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => (item.Name, Images: ImagesIn(item, SearchOption.AllDirectories)))
            .Where(item => item.Images.Count > 0)
            .ToList();
        if (loose.Count + classes.Count == 0)
        {
            throw new DataException($"The folder '{root}' holds no images: looked for {string.Join(" ", Extensions)}, also in its sub-folders.");
        }

        if (classes.Count == 0)
        {
            return new FolderListing(root, loose, null, []);
        }

        if (loose.Count > 0)
        {
            throw new DataException($"The folder '{root}' has images ({loose[0].Name}, …) beside folders of images ({classes[0].Name}, …): put every image into the folder of its class, or all into one folder without classes.");
        }

        var names = classNames is { Count: > 0 } ? classNames : [.. classes.Select(item => item.Name)];
        var stranger = classes.FirstOrDefault(item => !names.Contains(item.Name)).Name;
        if (stranger is not null)
        {
            throw new DataException($"The folder '{root}' has the class '{stranger}', which the train split does not have ({string.Join(", ", names)}).");
        }

        var number = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        return new FolderListing(
            root,
            [.. classes.SelectMany(item => item.Images)],
            [.. classes.SelectMany(item => Enumerable.Repeat(number[item.Name], item.Images.Count))],
            names);
    }

    /// <summary>SHA-256 over each file's path below the folder, size and time of change; the contents are not read.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Images.Count; i++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{Name(i)}\t{Images[i].Length}\t{Images[i].LastWriteTimeUtc.Ticks}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>An image's path below the folder, with slashes.</summary>
    public string Name(int index) => Path.GetRelativePath(Root, Images[index].FullName).Replace('\\', '/');

    private static List<FileInfo> ImagesIn(DirectoryInfo folder, SearchOption depth) =>
        [.. folder.EnumerateFiles("*", depth)
            .Where(file => IsVisible(file) && Extensions.Contains(file.Extension.ToLowerInvariant()))
            .OrderBy(file => file.FullName, StringComparer.Ordinal)];

    private static bool IsVisible(FileSystemInfo item) => !item.Name.StartsWith('.');
}
