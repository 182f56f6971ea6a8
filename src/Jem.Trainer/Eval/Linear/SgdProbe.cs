using System.Numerics.Tensors;
using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;

namespace Jem.Trainer.Eval.Linear;

/// <summary>Settings of the probe by SGD.</summary>
/// <param name="LearningRate">At the first step; for batches of 256.</param>
public sealed record SgdOptions(int Epochs = 100, double LearningRate = 0.1, double Momentum = 0.9, int Batch = 256);

/// <summary>
/// A probe fitted by SGD with momentum and without weight decay, as self-supervised encoders are usually compared: 100 epochs,
/// momentum 0.9, batches of 256 (MoCo, He et al., arXiv:1911.05722, section 4.1 and its main_lincls.py; solo-learn's
/// scripts/linear). Learning rate 0.1 falling along a cosine, as lightly's LinearClassifier after SimCLR (arXiv:2002.05709,
/// appendix B.6). Peers fit the learning rate to the scale of a method's features (MoCo 30, solo-learn 0.1 to 30); here the
/// features are standardised instead. They are computed once, so there are no random crops and flips as in those papers.
/// The weights begin at 0, the last batch of an epoch may be smaller, and what counts is the end, not the best epoch.
/// </summary>
internal static class SgdProbe
{
    /// <summary>The weights, [classes, D]. The same seed gives the same, whatever the number of threads.</summary>
    public static float[] Fit(VectorMatrix x, int[] labels, int classes, SgdOptions options, ulong seed, Action<int> report, CancellationToken cancellation) =>
        Fit(x, labels, classes, options, epoch => Shuffled(x.Count, seed, epoch), report, cancellation);

    /// <inheritdoc cref="Fit(VectorMatrix, int[], int, SgdOptions, ulong, Action{int}, CancellationToken)"/>
    /// <param name="order">The rows in the order of an epoch (from 0), cut into batches.</param>
    public static float[] Fit(
        VectorMatrix x, int[] labels, int classes, SgdOptions options, Func<int, int[]> order, Action<int> report, CancellationToken cancellation)
    {
        var model = new SoftmaxRegression(x, labels, classes);
        var (weights, gradient, velocity) = (new float[model.WeightCount], new float[model.WeightCount], new float[model.WeightCount]);
        var steps = (long)options.Epochs * ((x.Count + options.Batch - 1) / options.Batch);
        var step = 0L;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var rows = order(epoch);
            for (var first = 0; first < rows.Length; first += options.Batch)
            {
                cancellation.ThrowIfCancellationRequested();
                model.Loss(weights, gradient, rows.AsMemory(first, Math.Min(options.Batch, rows.Length - first)));
                var rate = options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step++ / steps));
                TensorPrimitives.MultiplyAdd(velocity, (float)options.Momentum, gradient, velocity);
                TensorPrimitives.MultiplyAdd(velocity, (float)-rate, weights, weights);
            }

            report(epoch + 1);
        }

        return weights;
    }

    private static int[] Shuffled(int count, ulong seed, int epoch)
    {
        var rows = Enumerable.Range(0, count).ToArray();
        new SeededRandom(seed, (ulong)epoch).Shuffle<int>(rows);
        return rows;
    }
}
