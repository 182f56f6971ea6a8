using System.CommandLine;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Tool.Gallery;
using Jem.Embed.Vectors;
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
        var (overwrite, root) = (OutputFiles.Overwrite(), IndexArguments.Root());
        var device = EncoderArguments.Device();
        var k = EncoderArguments.AtLeastOne("-k", "How many neighbours of each image to show.", "N", 10);
        var limit = EncoderArguments.AtLeastOne(
            "--limit", "How many of these images to look for at most. If there are more, some are taken, evenly spread.", "N", 40);
        var command = new ExampleCommand(
            "gallery",
            "Writes a page of images with their nearest neighbours as pictures.",
            "jem-embed gallery new-photos --index photos.index --out gallery.html")
        { images, index, output, overwrite, root, k, limit, device };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (folder, page) = (parsed.GetValue(index)!, parsed.GetValue(output)!);
            OutputFiles.Check([page], parsed.GetValue(overwrite), ".html");
            using var vectors = IndexArguments.Open(folder, parsed.GetValue(root));
            using var encoder = IndexArguments.OpenEncoder(vectors, EncoderArguments.Cuda(parsed, device));
            var queries = Spread(ImageArguments.Find(parsed.GetValue(images)!, console, cancellation), parsed.GetValue(limit));
            var rows = await FindAsync(console, encoder, vectors, queries, parsed.GetValue(k), cancellation);
            using var file = OutputFiles.Open([page], parsed.GetValue(overwrite), () => new AtomicFile(page));
            var text = new StreamWriter(file.Stream);
            var unreadable = GalleryPage.Write(
                text, $"{rows.Count} images and their neighbours among {vectors.Count:N0}", rows, encoder.Info.Range, cancellation);
            await text.FlushAsync(cancellation);
            file.Commit();
            await console.SayAsync($"{page}: {rows.Count} images with their nearest of {vectors.Count:N0}. Open it in a browser.");
            if (unreadable.Count > 0)
            {
                console.Complain($"{unreadable.Count} pictures of the page cannot be shown. {CommandConsole.Reasons(unreadable)}");
            }

            if (IndexArguments.Missing(rows.SelectMany(row => row.Neighbours)) is { } missing)
            {
                console.Complain(missing);
            }

            return EmbedApp.Done;
        });
        return command;
    }

    private static async Task<List<GalleryRow>> FindAsync(
        CommandConsole console, Encoder encoder, VectorIndex vectors, IReadOnlyList<string> queries, int k, CancellationToken cancellation)
    {
        var (rows, repeated) = (new List<GalleryRow>(), new RepeatedVectors());
        await foreach (var batch in encoder.EncodeFilesAsync(queries, cancellation))
        {
            rows.AddRange(batch.Skipped.Select(image => new GalleryRow(image.Path, [], image.Reason)));
            rows.AddRange(batch.Files.Select((query, row) => new GalleryRow(query, Find(vectors, query, batch.Vectors.Row(row), k))));
            repeated.Add(batch.Vectors, row => batch.Files[row], row => batch.Contents[row]);
        }

        if (rows.All(row => row.Problem is not null))
        {
            console.Report([.. rows.Select(row => new SkippedImage(row.Query, row.Problem!))], rows.Count);
            throw new JemException($"None of the {rows.Count} files could be read as an image; nothing is written.");
        }

        console.Warn(repeated, encoder);
        return rows;
    }

    // The image itself, if it is in the index, is no find.
    private static List<Neighbour> Find(VectorIndex vectors, string query, ReadOnlySpan<float> vector, int k) =>
        [.. vectors.Search(vector, Math.Min(k, vectors.Count) + 1).Where(neighbour => Path.GetFullPath(neighbour.Path) != Path.GetFullPath(query)).Take(k)];

    private static List<string> Spread(IReadOnlyList<string> files, int limit) =>
        files.Count <= limit ? [.. files] : [.. Enumerable.Range(0, limit).Select(i => files[(int)((long)i * files.Count / limit)])];
}
