using Jem.Graphs.Seeding;
using Jem.Imaging;

namespace Jem.Trainer.Data;

/// <summary>Writes images of a set as PNG files, a folder per class: for tools that read files.</summary>
public static class ImageFolderWriter
{
    /// <summary>Writes so many images, drawn at random but always the same, as <c>folder/class/number.png</c>. Returns how many.</summary>
    /// <exception cref="DataException">The images have another number of channels than PNG.</exception>
    public static int Write(IImageSet images, string folder, int limit)
    {
        if (images.Channels is not (1 or 3))
        {
            throw new DataException($"PNG files hold grey or RGB; these images have {images.Channels} channels: {images.Provenance}.");
        }

        var count = Math.Min(limit, images.Count);
        var order = Enumerable.Range(0, images.Count).ToArray();
        new SeededRandom(0).Shuffle<int>(order);
        Parallel.For(0, count, i =>
        {
            var index = order[i];
            var image = images.Image(index);
            var place = images.Labels is { } labels ? Path.Combine(folder, FileName(images.ClassNames[labels[index]])) : folder;
            Directory.CreateDirectory(place);

            // Thousands of small files that the same command makes anew: none is forced to the disk.
            ImageEncoder.Save(image, Path.Combine(place, $"{index:D6}.png"));
        });
        return count;
    }

    // "T-shirt/top" is one folder.
    private static string FileName(string name) =>
        string.Concat(name.Select(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '-'));
}
