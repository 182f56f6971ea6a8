namespace Jem.Trainer.Data.Sets;

/// <summary>
/// CIFAR-10 in its binary layout: per image a label and 3072 bytes, the planes R, G, B of 32×32
/// (https://www.cs.toronto.edu/~kriz/cifar.html). Any number of training batches.
/// </summary>
internal static class Cifar10
{
    private const int Side = 32, Record = 1 + (3 * Side * Side);

    public static IImageSet Open(string folder, DataSplit split)
    {
        Files.RequireFolder(folder, "cifar10");
        var pattern = split == DataSplit.Train ? "data_batch_*.bin" : "test_batch.bin";
        var paths = Directory.GetFiles(folder, pattern).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).ToList();
        if (paths.Count == 0)
        {
            throw new DataException($"'{folder}' holds no {pattern}. Unpack CIFAR-10's binary version (cifar-10-binary.tar.gz) and name the folder with the .bin files.");
        }

        var names = ClassNames(Path.Combine(folder, "batches.meta.txt"));
        var (images, labels) = (new List<byte[]>(), new List<int>());
        foreach (var path in paths)
        {
            Read(path, names.Length, images, labels);
        }

        return new MemoryImageSet(
            split.ToString().ToLowerInvariant(), [.. images], 3, Side, Side, [.. labels], names,
            $"CIFAR-10 (Krizhevsky 2009), {images.Count} images of the {split.ToString().ToLowerInvariant()} split");
    }

    private static void Read(string path, int classes, List<byte[]> images, List<int> labels)
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0 || file.Length % Record != 0)
        {
            throw new DataException($"'{path}' has {file.Length} bytes; CIFAR-10's binary version has a multiple of {Record}. It may be cut short: fetch it again.");
        }

        for (var left = file.Length / Record; left > 0; left--)
        {
            var (label, image) = (file.ReadByte(), new byte[Record - 1]);
            Files.Fill(file, image, path);
            if (label >= classes)
            {
                throw new DataException($"'{path}' has the label {label}; there are {classes} classes.");
            }

            labels.Add(label);
            images.Add(image);
        }
    }

    private static string[] ClassNames(string path) => File.Exists(path)
        ? [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)]
        : ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
}
