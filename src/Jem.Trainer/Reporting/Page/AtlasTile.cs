using Jem.Trainer.Reporting.Embeddings;

namespace Jem.Trainer.Reporting.Page;

/// <summary>Shows one image of the page's atlas (class <c>t</c>): the page holds every image once.</summary>
internal static class AtlasTile
{
    public static string Html(int index) => $"<i class=\"t\" style=\"--x:{index % ThumbnailAtlas.Columns};--y:{index / ThumbnailAtlas.Columns}\"></i>";

    /// <summary>The style of the class; its size on the page is the variable <c>--side</c>.</summary>
    public static string Style(ThumbnailAtlas atlas) => $$"""
        .t { background-image: url({{atlas.ToDataUri()}}); background-size: calc(var(--side) * {{ThumbnailAtlas.Columns}}) calc(var(--side) * {{atlas.Rows}}) }
        """;
}
