using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;
using Jem.Trainer.Exporting;
using Jem.Trainer.Reporting.Embeddings;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

/// <summary>
/// What a run's network makes of some of its images, before training and at the newest checkpoint. All but the last never changes and is kept.
/// </summary>
internal sealed class NetworkView(RunFolder run, IImageSet? images, ulong seed, Action<string>? status)
{
    private const int SheetRows = 6;

    private long _newest = -1;

    /// <summary>The sheet of augmented views, as a source for a page.</summary>
    public string? Sheet { get; private set; }

    public ReportSample? Sample { get; private set; }

    public SampleEmbedding? Before { get; private set; }

    public SampleEmbedding? After { get; private set; }

    /// <summary>Why something cannot be shown; empty if all can.</summary>
    public string Missing { get; private set; } = "The network has not been looked at yet: that comes in its turn.";

    /// <summary>Finds out what is not known yet; what cannot be found out is said by <see cref="Missing"/>.</summary>
    public void Look(CancellationToken cancellation)
    {
        if (images is null)
        {
            Missing = "The images were not at hand: name them with `jem report RUN --data SPEC`.";
            return;
        }

        var views = Guarded(() =>
        {
            Sheet ??= DrawSheet();
            return "";
        });
        var network = Guarded(() =>
        {
            Before ??= WithEncoder(EncoderSource.BeforeTraining(run), "the untrained network", cancellation);
            return LookAfter(cancellation);
        });
        Missing = $"{views} {network}".Trim();
    }

    // A report does without what is broken.
    private static string Guarded(Func<string> look)
    {
        try
        {
            return look();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or JemException)
        {
            return $"This cannot be shown: {error.Message}";
        }
    }

    private string LookAfter(CancellationToken cancellation)
    {
        if (run.Checkpoints.Steps is not [.., var newest] || newest == _newest)
        {
            return After is null ? "There is no checkpoint yet." : "";
        }

        After = WithEncoder(EncoderSource.OfRun(run), "the newest checkpoint", cancellation);
        _newest = newest;
        return "";
    }

    private SampleEmbedding WithEncoder(EncoderSource source, string name, CancellationToken cancellation)
    {
        using var encoder = new Encoder(EncoderExport.Model(source), name);
        Sample ??= ReportSample.Draw(images!, seed, encoder, cancellation);
        void Say(int done) => status?.Invoke($"Embedding by {name}: {done} of {Sample.Count} images");
        return SampleEmbedding.Of(encoder, source.Step, Sample, Say, cancellation);
    }

    private string DrawSheet()
    {
        status?.Invoke("Drawing the augmented views");
        return ImageEncoder.ToWebPUri(DataSheet.Draw(images!, run.ReadProgram().Batch, seed, SheetRows));
    }
}
