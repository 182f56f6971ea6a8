using System.Net;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Embed.Tool.Gallery;

/// <summary>An image that was looked for, and what was found.</summary>
/// <param name="Query">Its path.</param>
/// <param name="Neighbours">Best first.</param>
/// <param name="Problem">Why nothing could be looked for, if that is so.</param>
public sealed record GalleryRow(string Query, IReadOnlyList<Neighbour> Neighbours, string? Problem = null);

/// <summary>One self-contained HTML page: each query image, then its nearest neighbours as pictures, best first.</summary>
public static class GalleryPage
{
    private const int Side = 112;

    private const string Style = """
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 82rem; padding: 0 1rem; color: #222; background: #fff }
        h1 { font-size: 1.3rem } p { color: #555 }
        .row { display: flex; gap: .5rem; padding: .6rem 0; border-top: 1px solid #ddd; overflow-x: auto }
        figure { margin: 0; width: 92px; flex: none } figure:first-child { margin-right: 1rem }
        img { width: 92px; height: 92px; object-fit: contain; image-rendering: pixelated; background: #f4f4f4 }
        .none { width: 92px; height: 92px; box-sizing: border-box; padding: 4px; font-size: 10px; overflow: hidden; background: #f4f4f4; color: #a33 }
        img { border: 3px solid transparent; border-radius: 4px; box-sizing: border-box }
        .same img { border-color: #2b8a3e } .other img { border-color: #d9480f }
        figcaption { font-size: 11px; color: #555; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        """;

    /// <summary>Writes the page. An image that cannot be shown has the reason in its place.</summary>
    /// <param name="range">The level of white in files of more than 8 bits per sample, as the encoder reads them; 0 is that of the format.</param>
    /// <returns>Those images.</returns>
    public static IReadOnlyList<SkippedImage> Write(
        TextWriter page, string title, IReadOnlyList<GalleryRow> rows, double range = 0, CancellationToken cancellation = default)
    {
        var reduced = new DecodeOptions { ShortSide = 2 * Side, Range = range };
        var unreadable = new List<SkippedImage>();

        // Folders are classes only where there are several.
        var labelled = rows.SelectMany(row => row.Neighbours.Select(neighbour => Folder(neighbour.Path)).Append(Folder(row.Query)))
            .Where(folder => folder.Length > 0).Distinct().Take(2).Count() > 1;
        string Caption(string path) => labelled && Folder(path) is { Length: > 0 } folder ? folder : Path.GetFileName(path);
        page.Write(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
            + $"<title>{Text(title)}</title>\n<style>\n{Style}\n</style>\n");
        page.Write(
            $"<h1>{Text(title)}</h1>\n<p>Left: the image that was looked for. "
            + $"Right: its nearest neighbours with their cosine similarity.{(labelled ? $" {Legend(rows)}" : "")}</p>\n");
        foreach (var row in rows)
        {
            page.Write("<div class=\"row\">");
            Figure(row.Query, "", Caption(row.Query), row.Problem);
            foreach (var neighbour in row.Neighbours)
            {
                cancellation.ThrowIfCancellationRequested();
                var same = Folder(neighbour.Path) == Folder(row.Query);
                Figure(neighbour.Path, !labelled ? "" : same ? "same" : "other", $"{neighbour.Similarity:0.000} {Caption(neighbour.Path)}", null);
            }

            page.Write("</div>\n");
        }

        page.Write("</html>\n");
        return unreadable;

        void Figure(string path, string kind, string caption, string? problem)
        {
            var picture = problem is null ? Picture(path, reduced, caption, out problem) : "";
            if (problem is not null)
            {
                unreadable.Add(new SkippedImage(path, problem));
                picture = $"<div class=\"none\" title=\"{Text(problem)}\">{Text(problem)}</div>";
            }

            page.Write($"<figure class=\"{kind}\">{picture}<figcaption>{Text(caption)}</figcaption></figure>");
        }
    }

    private static string Picture(string path, DecodeOptions reduced, string caption, out string? problem)
    {
        try
        {
            problem = null;
            var picture = ImageEncoder.ToPngUri(Resizer.ToFit(ImageDecoder.Decode(path, reduced), Side));
            return $"<img alt=\"{Text(caption)}\" title=\"{Text(Path.GetFileName(path))}\" src=\"{picture}\">";
        }
        catch (Exception error)
        {
            // Whatever is wrong with one picture, the page has the others.
            problem = error.Message;
            return "";
        }
    }

    private static string Legend(IReadOnlyList<GalleryRow> rows)
    {
        var same = rows.SelectMany(row => row.Neighbours.Select(neighbour => Folder(neighbour.Path) == Folder(row.Query))).ToList();
        return $"A green frame is the same folder, an orange one another: {same.Count(hit => hit)} of {same.Count} are the same.";
    }

    /// <summary>The name of the folder that an image lies in: its class, where folders are classes.</summary>
    private static string Folder(string path) => Path.GetFileName(Path.GetDirectoryName(path) ?? "");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
