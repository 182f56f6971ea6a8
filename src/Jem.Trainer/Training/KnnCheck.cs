using Jem.Embed.Runtime;
using Jem.Graphs.Export;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Training;

/// <summary>
/// Measures weights in the middle of a run by nearest neighbours among its own labelled images: the test split stays unseen.
/// As everywhere, what is measured is an exported file.
/// </summary>
internal sealed class KnnCheck(RunFolder run, IImageSet images)
{
    private readonly KnnMonitor _monitor = Monitor(images);

    /// <summary>Whether images can be checked at all.</summary>
    /// <exception cref="UsageException">They have no labels.</exception>
    /// <exception cref="DataException">They are of one class only.</exception>
    public static KnnMonitor Monitor(IImageSet images) => images.Labels is not null
        ? new KnnMonitor(images, images)
        : throw new UsageException("--knn-every needs labels, and these images have none. Give folder:DIR a sub-folder per class, or leave it out.");

    public double Of(IReadOnlyList<NamedTensor> weights, CancellationToken cancellation)
    {
        using var encoder = new Encoder(EncoderExport.Model(new EncoderSource(run.Program, weights, 0, "") { Kinds = run.Kinds }), "the encoder of this step");
        return _monitor.Accuracy(encoder, cancellation);
    }
}
