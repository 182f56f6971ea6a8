using System.Text.RegularExpressions;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Data sets laid out as MNIST: a file of images, [n, H, W] grey or [n, C, H, W], and one of labels, [n], which may be
/// missing, per split: <c>train-images-idx3-ubyte.gz</c>, <c>emnist-letters-test-labels-idx1-ubyte</c>. Where a folder has several
/// sets, what their names begin with tells them apart: <c>idx:DIR/emnist-letters</c>.
/// </summary>
internal static partial class Idx
{
    public static bool HasSplit(string place, DataSplit split)
    {
        var (folder, start) = Folder(place);
        return !Directory.Exists(folder) || Find(folder, start, split, "images") is not null || Find(folder, start, DataSplit.Train, "images") is null;
    }

    /// <param name="place">A folder, perhaps with what the names of the files in it begin with.</param>
    /// <param name="classNames">The name of every label from 0; null names those that occur in training by their numbers.</param>
    public static IImageSet Open(string place, DataSplit split, IReadOnlyList<string>? classNames = null, string? provenance = null)
    {
        var (folder, start) = Folder(place);
        Files.RequireFolder(start.Length > 0 && !Directory.EnumerateFiles(folder, $"{start}*").Any() ? place : folder, "idx");
        var path = Find(folder, start, split, "images")
            ?? throw new DataException(
                $"'{place}' holds no IDX images: looked for {(split == DataSplit.Train ? "train" : "t10k")}-images-idx3-ubyte, plain or .gz.");
        using var file = new IdxFile(path);
        var (channels, height, width) = file.Dimensions switch
        {
            [_, var h, var w] => (1, h, w),
            [_, var c, var h, var w] => (c, h, w),
            _ => throw new DataException($"'{path}' has {file.Dimensions.Length} dimensions; images have 3 ([n, H, W]) or 4 ([n, C, H, W])."),
        };
        var images = file.ReadAll();
        var labels = Find(folder, start, split, "labels") is { } labelPath ? ReadLabels(labelPath, images.Length) : null;
        var trained = split == DataSplit.Train || classNames is not null ? labels
            : labels is not null && Find(folder, start, DataSplit.Train, "labels") is { } trainPath ? ReadLabels(trainPath, null) : labels;
        var classes = classNames is null ? trained?.Distinct().Order().ToArray() ?? [] : [.. Enumerable.Range(0, classNames.Count)];
        var stranger = Array.FindIndex(labels ?? [], label => !classes.Contains(label));
        return stranger < 0
            ? new MemoryImageSet(
                split.ToString().ToLowerInvariant(), images, channels, height, width, labels, classNames ?? [.. classes.Select(label => $"{label}")],
                provenance ?? $"{images.Length} images from the IDX file {Path.GetFileName(path)}",
                classes)
            : throw new DataException(
                $"'{Find(folder, start, split, "labels")}' has the label {labels![stranger]}; "
                + (classNames is null ? $"the train split has {string.Join(", ", classes)}." : $"there are {classes.Length} classes."));
    }

    /// <param name="count">How many there must be; null takes all.</param>
    private static int[] ReadLabels(string path, int? count)
    {
        using var file = new IdxFile(path);
        if (file.Dimensions is not [var length] || length != (count ?? length))
        {
            throw new DataException($"'{path}' has labels of shape [{string.Join(',', file.Dimensions)}]; the images need [{count?.ToString() ?? "n"}].");
        }

        return [.. file.ReadAll().Select(label => (int)label[0])];
    }

    private static (string Folder, string Start) Folder(string place) =>
        Directory.Exists(place) ? (place, "")
        : Path.GetDirectoryName(Path.GetFullPath(place)) is { } folder && Directory.Exists(folder) ? (folder, Path.GetFileName(place))
        : (place, "");

    /// <summary>The file of a split's images or labels; null where there is none.</summary>
    /// <exception cref="DataException">Several sets have one.</exception>
    private static string? Find(string folder, string start, DataSplit split, string content)
    {
        var found = Directory.EnumerateFiles(folder)
            .Select(path => Name().Match(Path.GetFileName(path)))
            .Where(name => name.Success && name.Value.StartsWith(start, StringComparison.Ordinal))
            .Where(name => name.Groups["content"].Value.Equals(content, StringComparison.OrdinalIgnoreCase))
            .Where(name => split == DataSplit.Train == name.Groups["split"].Value.StartsWith("train", StringComparison.OrdinalIgnoreCase))
            .OrderBy(name => name.Value, StringComparer.Ordinal)
            .ToList();
        var named = found.Where(name => Set(name) == start).ToList();
        var sets = found.Select(Set).Distinct().ToList();
        return named.Count == 0 && sets.Count > 1
            ? throw new DataException(
                $"'{folder}' holds several IDX sets: {string.Join(", ", sets.Take(5))}. "
                + $"Name one by what its files begin with, such as idx:{Path.Combine(folder, sets[0])}")
            : (named.Count > 0 ? named : found).Select(name => Path.Combine(folder, name.Value)).FirstOrDefault();
    }

    private static string Set(Match name) => name.Groups["set"].Value.TrimEnd('-', '_', '.');

    // Both train-images-idx3-ubyte and train-images.idx3-ubyte are in use, the first with a set's name before it.
    [GeneratedRegex(
        @"^(?<set>.*?)(?<split>train|t10k|test|val)(ing|id|idation)?[-_.](?<content>images|labels)[-_.]idx\d-[a-z]+(\.gz)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
