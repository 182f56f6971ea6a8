using System.Globalization;
using System.Net;
using System.Text;
using Jem.Trainer.Reporting.Embeddings;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting.Page;


/// <summary>One self-contained HTML page: style, script and pictures are in it, and nothing is fetched.</summary>
internal sealed class ReportPage
{
    private readonly StringBuilder _html = new();

    /// <param name="reload">Seconds after which the page loads itself again; null when it will not change.</param>
    public ReportPage(string title, int? reload, ThumbnailAtlas? atlas)
    {
        _html.Append($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
            + $"initial-scale=1\">");
        _html.Append(reload is { } seconds ? $"<meta http-equiv=\"refresh\" content=\"{seconds}\">" : "");
        _html.Append($"<title>{Text(title)}</title>\n<style>\n{Resource("report.css")}");
        if (atlas is not null)
        {
            // Images smaller than their place on the page show their pixels.
            _html.Append(AtlasTile.Style(atlas)).Append(atlas.Side < 64 ? ".t { image-rendering: pixelated }\n" : "\n");
        }

        _html.Append("</style></head><body>\n");
    }

    /// <param name="share">Of the steps that are done, 0 to 1.</param>
    public ReportPage Head(string title, string summary, RunStatus status, double share, string progress)
    {
        _html.Append($"<h1>{Text(title)} <span class=\"state {Text(status.State)}\">{Text(status.State)}</span></h1>\n<p "
            + $"class=\"quiet\">{Text(summary)}</p>\n");
        _html.Append(CultureInfo.InvariantCulture, $"<div class=\"progress\"><i style=\"width:{100 * share:0.#}%\"></i></div>\n");
        var now = DateTime.UtcNow;
        _html.Append($"<p>{Text(progress)} <span class=\"quiet\">· written <time datetime=\"{now:yyyy-MM-ddTHH:mm:ssZ}\">{now:yyyy-MM-dd HH:mm:ss} "
            + $"UTC</time></span></p>\n");
        return status.Message.Length > 0 ? Note(status.Message) : this;
    }

    public ReportPage Note(string text)
    {
        _html.Append($"<p class=\"note\">{Text(text)}</p>\n");
        return this;
    }

    /// <param name="html">Left out if empty.</param>
    public ReportPage Section(string title, string html)
    {
        if (html.Length > 0)
        {
            _html.Append($"<section><h2>{Text(title)}</h2>\n{html}</section>\n");
        }

        return this;
    }

    public string End() => _html
        .Append($"<div id=\"zoom\" data-columns=\"{ThumbnailAtlas.Columns}\" hidden>{AtlasTile.Html(0)}<span></span></div>\n")
        .Append($"<script>\n{Resource("report.js")}</script>\n</body></html>\n")
        .ToString();

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
