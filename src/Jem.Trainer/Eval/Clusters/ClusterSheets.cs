using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;

namespace Jem.Trainer.Eval.Clusters;

/// <summary>A contact sheet per cluster, with the images of the highest score as the network sees them.</summary>
/// <param name="files">Takes the pictures, which appear together.</param>
internal sealed class ClusterSheets(IImageSet images, Encoder encoder, string folder, AtomicFiles files)
{
    private const int Columns = 8, MostImages = 32;

    /// <summary>Writes the sheet of a cluster. What is of another class than the cluster has its own below it.</summary>
    /// <returns>The name of the file: the prototype and its class.</returns>
    public string Write(Cluster cluster)
    {
        var (labels, names) = (images.Labels!, images.ClassNames);
        var sheet = new ContactSheet(encoder.Info.ImageSize, encoder.Info.Channels);
        var caption = $"{names[cluster.Class]}\nprototype {cluster.Prototype}\n{cluster.Right:N0} of {cluster.Images.Count:N0} right";
        foreach (var row in cluster.Images.Take(MostImages).Chunk(Columns))
        {
            sheet.Add([.. row.Select(Pixels)], caption, notes: [.. row.Select(image => labels[image] == cluster.Class ? "" : names[labels[image]])]);
            caption = "";
        }

        var file = $"{cluster.Prototype:D3}-{FileName(names[cluster.Class])}.png";
        files.Add(Path.Combine(folder, file), ImageEncoder.ToPng(sheet.Draw()));
        return file;
    }

    private byte[] Pixels(int index) => encoder.Prepare(images.Image(index)).ToArray();

    private static string FileName(string name) => string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' ? letter : '-'));
}
