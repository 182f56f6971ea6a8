using System.CommandLine;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Tool.Gallery;
using Jem.Imaging;
using Jem.Imaging.Files;

namespace Jem.Embed.Tool.Commands;

/// <summary><c>jem-embed gallery</c>: a page on which a person sees what the search finds.</summary>
internal static class GalleryCommand
{
    public static Command Create(CommandConsole console)
    {
        var images = new Argument<string[]>("images")
        {
            Description = "Images to look for, or folders of images with their sub-folders.",
            Arity = ArgumentArity.OneOrMore,
        };
        var index = new Option<string>("--index") { Description = "An index that `jem-embed index` made.", HelpName = "INDEX", Required = true };
        var output = new Option<string>("--out") { Description = "The HTML page to write.", HelpName = "FILE", Required = true };
        var k = EncoderArguments.AtLeastOne("-k", "How many neighbours of each image to show.", "N", 10);
        var limit = EncoderArguments.AtLeastOne(
            "--limit", "How many of these images to look for at most. If there are more, some are taken, evenly spread.", "N", 40);
        var command = new ExampleCommand(
            "gallery",
            "Writes a page of images with their nearest neighbours as pictures.",
            "jem-embed gallery new-photos --index photos.index --out gallery.html")
        { images, index, output, k, limit };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (folder, page) = (parsed.GetValue(index)!, parsed.GetValue(output)!);
            using var vectors = IndexArguments.Open(folder);
            using var encoder = IndexArguments.OpenEncoder(vectors, folder);
            var queries = Spread(ImageArguments.Find(parsed.GetValue(images)!, console, cancellation), parsed.GetValue(limit));
            var rows = queries.Select(query => new GalleryRow(query, Find(encoder, vectors, query, parsed.GetValue(k)))).ToList();
            AtomicFile.Write(page, GalleryPage.Html($"{rows.Count} images and their neighbours among {vectors.Count:N0}", rows));
            await console.Output.WriteLineAsync($"{page}: {rows.Count} images with their nearest of {vectors.Count:N0}. Open it in a browser.");
            return EmbedApp.Done;
        });
        return command;
    }

    // The image itself, if it is in the index, is no find.
    private static List<Neighbour> Find(Encoder encoder, VectorIndex vectors, string query, int k) =>
        [.. vectors.Search(encoder.EmbedBatch([ImageDecoder.Decode(query)]).Row(0), k + 1)
            .Where(neighbour => Path.GetFullPath(neighbour.Path) != Path.GetFullPath(query)).Take(k)];

    private static List<string> Spread(IReadOnlyList<string> files, int limit) =>
        files.Count <= limit ? [.. files] : [.. Enumerable.Range(0, limit).Select(i => files[(int)((long)i * files.Count / limit)])];
}
