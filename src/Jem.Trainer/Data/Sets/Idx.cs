namespace Jem.Trainer.Data.Sets;

/// <summary>
/// Data sets laid out as MNIST: a file of images, [n, H, W] grey or [n, C, H, W], and one of labels, [n], which may be
/// missing, per split. The names begin with train- and with t10k- or test-.
/// </summary>
internal static class Idx
{
    public static bool HasSplit(string folder, DataSplit split) =>
        !Directory.Exists(folder) || Find(folder, split, "images") is not null || Find(folder, DataSplit.Train, "images") is null;

    public static IImageSet Open(string folder, DataSplit split, IReadOnlyList<string>? classNames = null, string? provenance = null)
    {
        Files.RequireFolder(folder, "idx");
        var path = Find(folder, split, "images")
            ?? throw new DataException($"'{folder}' holds no IDX images: looked for {Prefixes(split)[0]}-images-idx3-ubyte, plain or .gz.");
        using var file = new IdxFile(path);
        var (channels, height, width) = file.Dimensions switch
        {
            [_, var h, var w] => (1, h, w),
            [_, var c, var h, var w] => (c, h, w),
            _ => throw new DataException($"'{path}' has {file.Dimensions.Length} dimensions; images have 3 ([n, H, W]) or 4 ([n, C, H, W])."),
        };
        var images = file.ReadAll();
        var labels = Find(folder, split, "labels") is { } labelPath ? ReadLabels(labelPath, images.Length, classNames) : null;
        var names = labels is null ? [] : classNames ?? [.. Enumerable.Range(0, labels.Max() + 1).Select(label => $"{label}")];
        return new MemoryImageSet(
            split.ToString().ToLowerInvariant(), images, channels, height, width, labels, names,
            provenance ?? $"{images.Length} images from the IDX file {Path.GetFileName(path)}");
    }

    private static int[] ReadLabels(string path, int count, IReadOnlyList<string>? classNames)
    {
        using var file = new IdxFile(path);
        if (file.Dimensions is not [var length] || length != count)
        {
            throw new DataException($"'{path}' has labels of shape [{string.Join(',', file.Dimensions)}]; the images need [{count}].");
        }

        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = file.ReadEntry()[0];
        }

        return classNames is not null && bytes.Max() >= classNames.Count
            ? throw new DataException($"'{path}' has the label {bytes.Max()}; there are {classNames.Count} classes.")
            : [.. bytes.Select(label => (int)label)];
    }

    // Both train-images-idx3-ubyte and train-images.idx3-ubyte are in use.
    private static string? Find(string folder, DataSplit split, string content) =>
        Prefixes(split)
            .SelectMany(prefix => Directory.EnumerateFiles(folder, $"{prefix}-{content}?idx*-ubyte*"))
            .Where(path => path.EndsWith("-ubyte", StringComparison.Ordinal) || path.EndsWith("-ubyte.gz", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();

    private static string[] Prefixes(DataSplit split) => split == DataSplit.Train ? ["train"] : ["t10k", "test"];
}
