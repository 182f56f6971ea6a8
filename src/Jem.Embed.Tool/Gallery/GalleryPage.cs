using System.Net;
using System.Text;
using Jem.Embed.Index;
using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Embed.Tool.Gallery;

/// <summary>An image that was looked for, and what was found.</summary>
public sealed record GalleryRow(string Query, IReadOnlyList<Neighbour> Neighbours);

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
        img { border: 3px solid transparent; border-radius: 4px; box-sizing: border-box }
        .same img { border-color: #2b8a3e } .other img { border-color: #d9480f }
        figcaption { font-size: 11px; color: #555; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        """;

    /// <exception cref="JemException">An image cannot be read.</exception>
    public static string Html(string title, IReadOnlyList<GalleryRow> rows)
    {
        var labelled = rows.Any(row => Folder(row.Query) is not "" && row.Neighbours.Any(neighbour => Folder(neighbour.Path) is not ""));
        var page = new StringBuilder();
        page.Append(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
            + $"<title>{Text(title)}</title>\n<style>\n{Style}\n</style>\n");
        page.Append(
            $"<h1>{Text(title)}</h1>\n<p>Left: the image that was looked for. "
            + $"Right: its nearest neighbours with their cosine similarity.{(labelled ? $" {Legend(rows)}" : "")}</p>\n");
        foreach (var row in rows)
        {
            page.Append("<div class=\"row\">");
            Figure(page, row.Query, "", Folder(row.Query) is { Length: > 0 } folder ? folder : Path.GetFileName(row.Query));
            foreach (var neighbour in row.Neighbours)
            {
                var same = Folder(neighbour.Path) == Folder(row.Query);
                Figure(page, neighbour.Path, !labelled ? "" : same ? "same" : "other", $"{neighbour.Similarity:0.000} {Folder(neighbour.Path)}");
            }

            page.Append("</div>\n");
        }

        return page.Append("</html>\n").ToString();
    }

    private static string Legend(IReadOnlyList<GalleryRow> rows)
    {
        var same = rows.SelectMany(row => row.Neighbours.Select(neighbour => Folder(neighbour.Path) == Folder(row.Query))).ToList();
        return $"A green frame is the same folder, an orange one another: {same.Count(hit => hit)} of {same.Count} are the same.";
    }

    private static void Figure(StringBuilder page, string path, string kind, string caption)
    {
        var picture = ImageEncoder.ToPngUri(Resizer.ToFit(ImageDecoder.Decode(path), Side));
        page.Append($"<figure class=\"{kind}\"><img alt=\"{Text(caption)}\" title=\"{Text(Path.GetFileName(path))}\" src=\"{picture}\">")
            .Append($"<figcaption>{Text(caption)}</figcaption></figure>");
    }

    /// <summary>The name of the folder that an image lies in: its class, where folders are classes.</summary>
    private static string Folder(string path) => Path.GetFileName(Path.GetDirectoryName(path) ?? "");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
