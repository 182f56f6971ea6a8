using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Imaging.Resizing;
using Jem.Trainer.Data;

namespace Jem.Trainer.Drawing;

/// <summary>A contact sheet of images, each with views as training would see them in its first epochs.</summary>
public static class DataSheet
{
    private const int Columns = 8, LongestName = 28;

    /// <summary>An RGB image: per row an image (as large as a view) and eight or more of its views, epoch by epoch.</summary>
    /// <param name="inputs">How a program's batch inputs are filled.</param>
    /// <param name="seed">Chooses the images, in turns from each class, and draws their views.</param>
    /// <param name="rows">Images to show, if there are as many.</param>
    /// <exception cref="DataException">An image cannot be read.</exception>
    public static PlanarImage Draw(IImageSet set, IReadOnlyDictionary<string, BatchRecipe> inputs, ulong seed, int rows)
    {
        var side = inputs.Values.OfType<ViewsInput>().Max(views => views.Recipe.Size);
        var cells = new InputCells(inputs, set.Channels, side);
        var epochs = Enumerable.Range(0, Math.Max(1, Columns / cells.Heads.Count)).ToList();
        var views = epochs.SelectMany(epoch => cells.Heads.Select((head, i) => new SheetColumn($"epoch {epoch + 1}\n{head}", Apart: i == 0)));
        var sheet = new ContactSheet(side, set.Channels, [new("image"), .. views]);
        foreach (var index in BalancedOrder.Of(set, seed).Take(rows))
        {
            var image = set.Image(index);
            sheet.Add([Fit(image, side), .. epochs.SelectMany(epoch => cells.Of(image, seed, epoch, index))], Caption(set, index, image));
        }

        return sheet.Draw();
    }

    private static string Caption(IImageSet set, int index, PlanarImage image)
    {
        var (name, label) = (set.Name(index), set.Labels is { } labels ? set.ClassNames[labels[index]] : "");
        var split = name.LastIndexOf('/') + 1;
        var folder = name[..split].TrimEnd('/');

        // A folder of the class's name would say the same twice.
        var file = label.Length > 0 && (folder == label || folder.EndsWith($"/{label}", StringComparison.Ordinal)) ? name[split..] : name;
        var shown = file.Length > LongestName ? $"…{file[^(LongestName - 1)..]}" : file;
        return $"{(label.Length > 0 ? $"{label}\n" : "")}{shown}\n{image.Width}×{image.Height}";
    }

    /// <summary>The whole image within a square, centred, with a white border where it is not square.</summary>
    private static byte[] Fit(PlanarImage image, int side)
    {
        var whole = Math.Max(image.Width, image.Height);
        var padded = new byte[image.Channels * whole * whole];
        Array.Fill(padded, (byte)255);
        var (left, top) = ((whole - image.Width) / 2, (whole - image.Height) / 2);
        for (var line = 0; line < image.Channels * image.Height; line++)
        {
            var (channel, row) = Math.DivRem(line, image.Height);
            var to = (((channel * whole) + top + row) * whole) + left;
            image.Plane(channel).Slice(row * image.Width, image.Width).CopyTo(padded.AsSpan(to));
        }

        return Resizer.Resize(new PlanarImage(padded, image.Channels, whole, whole), side, side).Pixels.ToArray();
    }
}
