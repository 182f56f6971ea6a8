using System.Diagnostics;
using Jem.Embed;
using Jem.Embed.Runtime;
using Jem.Graphs.Methods;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;
using Jem.Trainer.Exporting;
using Jem.Trainer.Reporting.Curves;
using Jem.Trainer.Reporting.Embeddings;
using Jem.Trainer.Reporting.Page;
using Jem.Trainer.Runs;
using Jem.Trainer.Training.Progress;
using NetVips;

namespace Jem.Trainer.Reporting;

/// <summary>
/// The page that shows a run, <c>report.html</c>: curves, augmented views, nearest neighbours and a map of the embeddings before and after.
/// It is made from the run's files and its images alone, at any time. What does not change between two pages is kept.
/// </summary>
/// <param name="images">What the run trains on; null makes a page of numbers only.</param>
/// <param name="status">Told what is going on.</param>
public sealed class RunReport(RunFolder run, IImageSet? images, ViewRecipe views, ulong seed, Action<string>? status = null)
{
    public const string FileName = "report.html";

    private const int ReloadSeconds = 30, SheetRows = 6;

    // Of the time of a run, the report may take this part.
    private const double Share = 0.03;

    private readonly MetricsHistory _history = new(run.Metrics);
    private string? _sheet;
    private ReportSample? _sample;
    private SampleEmbedding? _before, _after;
    private string _afterOf = "";
    private long _last;
    private TimeSpan _cost;

    /// <summary>Writes the page into the run's folder, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the folder is gone; the page that was there stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the page that was there stays.</exception>
    public void Refresh(CancellationToken cancellation = default) => Write(Path.Combine(run.Root, FileName), cancellation);

    /// <summary>Writes the page unless it was written so short a time ago that reports would take more than 3 % of the run's time.</summary>
    /// <returns>Whether it was written.</returns>
    /// <inheritdoc cref="Refresh"/>
    public bool RefreshWhenDue(CancellationToken cancellation = default)
    {
        if (_last != 0 && Stopwatch.GetElapsedTime(_last) < TimeSpan.FromSeconds(Math.Max(ReloadSeconds / 2, _cost.TotalSeconds / Share)))
        {
            return false;
        }

        var start = Stopwatch.GetTimestamp();
        Refresh(cancellation);
        (_last, _cost) = (Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(start));
        return true;
    }

    /// <summary>Writes the page to a file.</summary>
    /// <inheritdoc cref="Refresh"/>
    public void Write(string path, CancellationToken cancellation = default)
    {
        var page = Html(cancellation);
        var partial = $"{path}.partial";
        File.WriteAllText(partial, page);
        File.Move(partial, path, overwrite: true);
    }

    private string Html(CancellationToken cancellation)
    {
        var facts = new RunFacts(run);
        _history.Read();
        var state = RunStatus.Of(run.Root, run.Metrics, _history.Step, facts.Steps);
        var missing = Look(cancellation);
        var title = $"{Path.GetFileName(Path.GetFullPath(run.Root).TrimEnd(Path.DirectorySeparatorChar))} · {facts.Title}";
        var page = new ReportPage(title, state.Running ? ReloadSeconds : null, _sample?.Thumbnails);
        page.Head(title, facts.Summary, state, facts.Steps > 0 ? Math.Min(1, (double)_history.Step / facts.Steps) : 0, Progress(facts, state));
        if (images is not null && facts.Fingerprint != images.Fingerprint)
        {
            page.Note($"These are not the images that the run trains on: their fingerprint is {images.Fingerprint}, the run's {facts.Fingerprint}.");
        }

        var curves = Panels.Html(_history.Curves, facts.Terms, facts.Dimension);
        page.Section("Curves", curves.Length > 0 ? $"<div class=\"grid\">\n{curves}</div>\n" : "<p>Nothing is logged yet.</p>\n");
        if (_sample is { Count: > 0 } sample && _before is { } before)
        {
            page.Section("Nearest neighbours", NeighbourTable.Summary(sample, before, _after) + Missing(missing) + NeighbourTable.Html(sample, before, _after));
            page.Section("Map of the embeddings", EmbeddingMap.Html(sample, before, _after));
        }
        else if (missing.Length > 0)
        {
            page.Section("Nearest neighbours", Missing(missing));
        }

        page.Section("Augmented views", _sheet is null ? "" : $"<p class=\"quiet\">Left the image, right of it views as training sees them in its first epochs.</p>\n<img class=\"sheet\" alt=\"Images and their augmented views\" src=\"{_sheet}\">\n");
        page.Section("The run", RunSection.Html(run, facts, state));
        return page.End();
    }

    private static string Missing(string text) => text.Length > 0 ? $"<p class=\"quiet\">{ReportPage.Text(text)}</p>\n" : "";

    private string Progress(RunFacts facts, RunStatus state)
    {
        var speed = _history.Curves.TryGetValue("images_per_second", out var curve) && curve.Points.Count > 0 ? curve.Trend()[^1] : 0;
        var left = state.Running && speed > 0 && facts.Steps > _history.Step
            ? $", {Duration.Text(TimeSpan.FromSeconds((facts.Steps - _history.Step) * facts.Batch / speed))} to go"
            : "";
        return $"Step {_history.Step:N0} of {facts.Steps:N0}, epoch {_history.Epoch:0.##}{left}";
    }

    // Looks at the images, as far as that was not done before, and says what cannot be shown.
    private string Look(CancellationToken cancellation)
    {
        if (images is null)
        {
            return "The images were not at hand: name them with `jem report RUN --data SPEC`.";
        }

        try
        {
            _sheet ??= Sheet();
            if (_before is null)
            {
                status?.Invoke("Embedding images by the untrained network");
                _before = WithEncoder(EncoderSource.BeforeTraining(run), cancellation);
            }

            return LookAfter(cancellation);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or EmbedException or DataException)
        {
            return $"This cannot be shown: {error.Message}";
        }
    }

    private string LookAfter(CancellationToken cancellation)
    {
        // A folder's names and times tell whether there is a new checkpoint, without reading any.
        var checkpoints = Directory.Exists(run.Checkpoints.Path)
            ? string.Join('\n', new DirectoryInfo(run.Checkpoints.Path).EnumerateFileSystemInfos().Select(entry => $"{entry.Name} {entry.LastWriteTimeUtc.Ticks}").Order())
            : "";
        if (checkpoints == _afterOf)
        {
            return _after is null ? "There is no checkpoint yet." : "";
        }

        status?.Invoke("Embedding images by the newest checkpoint");
        _after = WithEncoder(EncoderSource.OfRun(run), cancellation);
        _afterOf = checkpoints;
        return "";
    }

    private SampleEmbedding WithEncoder(EncoderSource source, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, EncoderExport.Model(source));
            using var encoder = new Encoder(file);
            _sample ??= ReportSample.Draw(images!, seed, encoder, cancellation);
            return SampleEmbedding.Of(encoder, source.Step, _sample, cancellation);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private string Sheet()
    {
        status?.Invoke("Drawing the augmented views");
        var file = Path.Combine(Path.GetTempPath(), $"jem-{Guid.NewGuid():N}.png");
        try
        {
            DataSheet.Draw(images!, views, seed, SheetRows, file);
            using var sheet = Image.NewFromFile(file);
            return $"data:image/webp;base64,{Convert.ToBase64String(sheet.WebpsaveBuffer(q: 85))}";
        }
        finally
        {
            File.Delete(file);
        }
    }
}
