using Jem.Embed.Runtime;
using Jem.Trainer.Data;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Neighbours;

/// <summary>How a run is watched.</summary>
/// <param name="Bank">The most images in the bank.</param>
/// <param name="Queries">The most images that ask.</param>
/// <param name="Seed">Chooses the images.</param>
public sealed record KnnMonitorOptions(int Bank = 2000, int Queries = 1000, ulong Seed = 0)
{
    public KnnOptions Knn { get; init; } = new() { Neighbours = [20] };
}

/// <summary>
/// Watches an encoder while it trains: kNN accuracy over a fixed, class-balanced choice of images, the same at every call
/// and in every run with the same seed. Seconds rather than minutes, so an estimate: compare it within a run, and cite <c>jem eval</c>.
/// </summary>
public sealed class KnnMonitor
{
    private readonly ImageSubset _bank;
    private readonly ImageSubset _queries;
    private readonly KnnOptions _knn;

    /// <param name="bank">Labelled.</param>
    /// <param name="queries">
    /// Labelled; the same set as <paramref name="bank"/> is parted into images that ask and images that are asked, so that a test split stays unseen.
    /// </param>
    /// <exception cref="DataException">The images have no labels, or one class only.</exception>
    public KnnMonitor(IImageSet bank, IImageSet queries, KnnMonitorOptions? options = null)
    {
        options ??= new KnnMonitorOptions();
        var same = ReferenceEquals(bank, queries) || bank.Fingerprint == queries.Fingerprint;
        EvaluationData.RequireClasses(bank, "training images");
        EvaluationData.RequireLabels(queries, "images that ask");

        // Of one set, at most a third asks.
        var asking = BalancedOrder.Of(queries, options.Seed)[..Math.Min(options.Queries, same ? Math.Max(1, queries.Count / 3) : queries.Count)];
        var asked = BalancedOrder.Of(bank, options.Seed).Except(same ? asking : []).Take(options.Bank);
        (_queries, _bank, _knn) = (new ImageSubset(queries, asking), new ImageSubset(bank, [.. asked]), options.Knn);
    }

    /// <summary>The share of the queries whose class the neighbours vote for, 0 to 1.</summary>
    public double Accuracy(Encoder encoder, CancellationToken cancellation = default)
    {
        var embedder = new EncoderEmbedder("trained", encoder);
        var bank = new EmbeddedImages(_bank, embedder, _ => { });
        var queries = new EmbeddedImages(_queries, embedder, _ => { }).All(cancellation);
        return KnnClassifier.Accuracies(bank.Blocks(cancellation), bank.Labels, queries, _knn, cancellation: cancellation)[0];
    }
}
