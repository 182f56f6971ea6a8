using Jem.Imaging.Files;
using Jem.Trainer.Data;
using Jem.Trainer.Formatting;
using Jem.Trainer.Reporting.Curves;
using Jem.Trainer.Reporting.Page;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

/// <summary>
/// The page that shows a run, <c>report.html</c>: curves, augmented views, nearest neighbours and a map of the embeddings before and after.
/// It is made from the run's files and its images alone, at any time. What does not change between two pages is kept. For one thread at a time.
/// </summary>
/// <param name="images">What the run trains on; null makes a page of numbers only.</param>
/// <param name="status">Told what is going on.</param>
public sealed class RunReport(RunFolder run, IImageSet? images, ulong seed, Action<string>? status = null)
{
    private const int ReloadSeconds = 30;

    // Of the time of a run, reports take 3 %: numbers come often, embeddings as often as they may.
    private readonly Pace _writing = new(0.01, TimeSpan.FromSeconds(ReloadSeconds / 2), atOnce: true);
    private readonly Pace _looking = new(0.02, TimeSpan.FromSeconds(ReloadSeconds), atOnce: false);

    private readonly MetricsHistory _history = new(run.Metrics);
    private readonly NetworkView _network = new(run, images, seed, status);

    /// <summary>Writes the page into the run's folder, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the folder is gone; the page that was there stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the page that was there stays.</exception>
    public void Refresh(CancellationToken cancellation = default) => Write(run.Report, cancellation);

    /// <summary>Writes the page to a file.</summary>
    /// <inheritdoc cref="Refresh"/>
    public void Write(string path, CancellationToken cancellation = default)
    {
        _network.Look(cancellation);
        WritePage(path);
    }

    /// <summary>
    /// Writes the page if enough time has passed: called after every step, it takes about 3 % of a run's time at the most.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="IOException">The disk is full or the folder is gone; the page that was there stays, and is written the next time.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the page that was there stays.</exception>
    public bool RefreshWhenDue(CancellationToken cancellation = default)
    {
        if (!_writing.Due)
        {
            return false;
        }

        if (_looking.Due)
        {
            _looking.Take(() => _network.Look(cancellation));
        }

        _writing.Take(() => WritePage(run.Report));
        return true;
    }

    /// <summary>Writes the page with what is known of the network already.</summary>
    /// <exception cref="IOException">The disk is full or the folder is gone; the page that was there stays.</exception>
    public void RefreshNumbers() => WritePage(run.Report);

    private void WritePage(string path) => AtomicFile.Write(path, Html());

    private string Html()
    {
        var facts = new RunFacts(run);
        _history.Read();
        var state = RunStatus.Of(run, _history.Step, facts.Steps);
        var title = $"{Path.GetFileName(Path.GetFullPath(run.Root).TrimEnd(Path.DirectorySeparatorChar))} · {facts.Title}";
        var page = new ReportPage(title, state.IsRunning ? ReloadSeconds : null, _network.Sample?.Thumbnails);
        page.Head(title, facts.Summary, state, facts.Steps > 0 ? Math.Min(1, (double)_history.Step / facts.Steps) : 0, Progress(facts, state));
        if (state.Collapse.Length > 0)
        {
            page.Note($"Warning: {state.Collapse}");
        }

        if (images is not null && facts.Fingerprint != images.Fingerprint)
        {
            page.Note($"These are not the images that the run trains on: their fingerprint is {images.Fingerprint}, the run's {facts.Fingerprint}.");
        }

        var curves = Panels.Html(_history.Curves, facts.Terms, facts.Dimension);
        page.Section("Curves", curves.Length > 0 ? $"<div class=\"grid\">\n{curves}</div>\n" : "<p>Nothing is logged yet.</p>\n");
        if (_network is { Sample: { Count: > 0 } sample, Before: { } before })
        {
            var after = _network.After;
            page.Section("Nearest neighbours", NeighbourTable.Summary(sample, before, after) + Missing + NeighbourTable.Html(sample, before, after));
            page.Section("Map of the embeddings", EmbeddingMap.Html(sample, before, after));
        }
        else if (_network.Missing.Length > 0)
        {
            page.Section("Nearest neighbours", Missing);
        }

        page.Section("Augmented views", _network.Sheet is not { } sheet ? ""
            : "<p class=\"quiet\">Left the image, right of it views as training sees them in its first epochs.</p>\n"
            + $"<img class=\"sheet\" alt=\"Images and their augmented views\" src=\"{sheet}\">\n");
        page.Section("The run", RunSection.Html(run, facts, state));
        return page.End();
    }

    private string Missing => _network.Missing.Length > 0 ? $"<p class=\"quiet\">{ReportPage.Text(_network.Missing)}</p>\n" : "";

    private string Progress(RunFacts facts, RunStatus state)
    {
        var speed = _history.Curves.TryGetValue(MetricNames.ImagesPerSecond, out var curve) && curve.Points.Count > 0 ? curve.Trend()[^1] : 0;
        var left = state.IsRunning && speed > 0 && facts.Steps > _history.Step
            ? $", {Duration.Text(TimeSpan.FromSeconds((facts.Steps - _history.Step) * facts.Batch / speed))} to go"
            : "";
        return $"Step {_history.Step:N0} of {facts.Steps:N0}, epoch {NumberText.Of(_history.Epoch, digits: _history.Epoch < 100 ? 3 : 5)}{left}";
    }
}
