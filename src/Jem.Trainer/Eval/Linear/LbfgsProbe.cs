using System.Numerics.Tensors;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>
/// A probe fitted by L-BFGS over all rows at once. The weights are penalised by ½·‖W‖²/n, scikit-learn's C = 1; the last feature's, the bias, are not.
/// </summary>
internal static class LbfgsProbe
{
    /// <summary>The weights, [classes, D].</summary>
    public static float[] Fit(VectorMatrix x, int[] labels, int classes, int iterations, double tolerance, Action<int> report, CancellationToken cancellation)
    {
        var model = new SoftmaxRegression(x, labels, classes);
        var (weights, rows) = (new float[model.WeightCount], Enumerable.Range(0, x.Count).ToArray());
        Lbfgs.Minimize(
            (w, gradient) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return model.Loss(w, gradient, rows) + Penalty(w, gradient, x.Dimension, x.Count);
            },
            weights,
            iterations,
            tolerance,
            report);
        return weights;
    }

    private static double Penalty(float[] weights, float[] gradient, int dimension, int count)
    {
        var penalty = 0.0;
        for (var start = 0; start < weights.Length; start += dimension)
        {
            var row = weights.AsSpan(start, dimension - 1);
            var target = gradient.AsSpan(start, dimension - 1);
            penalty += 0.5 * TensorPrimitives.SumOfSquares<float>(row) / count;
            TensorPrimitives.MultiplyAdd(row, 1f / count, target, target);
        }

        return penalty;
    }
}
