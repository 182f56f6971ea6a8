namespace Jem.Trainer.Data.Sets;

/// <summary>
/// CIFAR in its binary layouts: per image the labels, a byte each, and 3072 bytes, the planes R, G, B of 32×32
/// (https://www.cs.toronto.edu/~kriz/cifar.html).
/// </summary>
/// <param name="Kind">The name of the data, as in a specification.</param>
/// <param name="LabelBytes">How many labels there are; the last one is the class.</param>
/// <param name="Train">The names of the training files, any number of them.</param>
/// <param name="Names">The file with the names of the classes.</param>
/// <param name="Classes">Their names without that file.</param>
internal sealed record Cifar(string Kind, string Title, int LabelBytes, string Train, string Test, string Names, string[] Classes)
{
    private const int Side = 32, Pixels = 3 * Side * Side;

    public static Cifar Ten { get; } = new(
        "cifar10", "CIFAR-10", 1, "data_batch_*.bin", "test_batch.bin", "batches.meta.txt",
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]);

    /// <summary>Each image has a coarse label, of 20, which is not used, and a fine one.</summary>
    public static Cifar Hundred { get; } = new(
        "cifar100", "CIFAR-100", 2, "train.bin", "test.bin", "fine_label_names.txt",
        [.. Enumerable.Range(0, 100).Select(label => $"{label}")]);

    public IImageSet Open(string folder, DataSplit split)
    {
        Files.RequireFolder(folder, Kind);
        var pattern = split == DataSplit.Train ? Train : Test;
        var paths = Directory.GetFiles(folder, pattern).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).ToList();
        if (paths.Count == 0)
        {
            throw new DataException(
                $"'{folder}' holds no {pattern}. "
                + $"Unpack {Title}'s binary version ({Kind.Replace("cifar", "cifar-")}-binary.tar.gz) and name the folder with the .bin files.");
        }

        var names = ClassNames(Path.Combine(folder, Names));
        var (images, labels) = (new List<byte[]>(), new List<int>());
        foreach (var path in paths)
        {
            Read(path, names.Length, images, labels);
        }

        return new MemoryImageSet(
            split.ToString().ToLowerInvariant(), [.. images], 3, Side, Side, [.. labels], names,
            $"{Title} (Krizhevsky 2009), {images.Count} images of the {split.ToString().ToLowerInvariant()} split");
    }

    private void Read(string path, int classes, List<byte[]> images, List<int> labels)
    {
        using var file = File.OpenRead(path);
        var record = LabelBytes + Pixels;
        if (file.Length == 0 || file.Length % record != 0)
        {
            throw new DataException(
                $"'{path}' has {file.Length} bytes; {Title}'s binary version has a multiple of {record}. It may be cut short: fetch it again.");
        }

        for (var left = file.Length / record; left > 0; left--)
        {
            var (head, image) = (new byte[LabelBytes], new byte[Pixels]);
            Files.Fill(file, head, path);
            Files.Fill(file, image, path);
            if (head[^1] >= classes)
            {
                throw new DataException($"'{path}' has the label {head[^1]}; there are {classes} classes.");
            }

            labels.Add(head[^1]);
            images.Add(image);
        }
    }

    private string[] ClassNames(string path) => File.Exists(path)
        ? [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)]
        : Classes;
}
