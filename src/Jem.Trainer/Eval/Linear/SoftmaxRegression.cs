using System.Numerics.Tensors;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>Multinomial logistic regression: the scores of a row are W·x + b, and its loss is the cross-entropy of their softmax.</summary>
/// <param name="x">[N, D].</param>
/// <param name="labels">Of each row, in 0 … classes − 1.</param>
internal sealed class SoftmaxRegression(VectorMatrix x, int[] labels, int classes)
{
    // Rows are summed in a fixed number of parts, in order: the result does not depend on the number of threads.
    private const int Parts = 8;

    private readonly double[] _losses = new double[Parts];
    private readonly float[][] _gradients = [.. Enumerable.Range(0, Parts).Select(_ => new float[classes * (x.Dimension + 1)])];

    /// <summary>Numbers of [classes, D + 1], the bias last.</summary>
    public int WeightCount { get; } = classes * (x.Dimension + 1);

    /// <summary>Labelled rows.</summary>
    public int Count => x.Count;

    /// <summary>The mean loss over some rows; writes its gradient by the weights.</summary>
    public double Loss(float[] weights, float[] gradient, ReadOnlyMemory<int> rows)
    {
        Parallel.For(0, Parts, part =>
        {
            Array.Clear(_gradients[part]);
            _losses[part] = Sum(weights, _gradients[part], rows.Span[(int)((long)rows.Length * part / Parts)..(int)((long)rows.Length * (part + 1) / Parts)]);
        });
        Array.Clear(gradient);
        Array.ForEach(_gradients, part => TensorPrimitives.Add(gradient, part, gradient));
        TensorPrimitives.Divide(gradient, rows.Length, gradient);
        return _losses.Sum() / rows.Length;
    }

    /// <summary>The class with the largest score for each row.</summary>
    public static int[] Predict(float[] weights, VectorMatrix x, int classes)
    {
        var predicted = new int[x.Count];
        Parallel.For(0, x.Count, () => new float[classes], (row, _, scores) =>
        {
            Scores(weights, x.Row(row), scores);
            predicted[row] = TensorPrimitives.IndexOfMax<float>(scores);
            return scores;
        }, _ => { });
        return predicted;
    }

    private double Sum(float[] weights, float[] gradient, ReadOnlySpan<int> rows)
    {
        var (sum, scores) = (0.0, new float[classes]);
        foreach (var row in rows)
        {
            var features = x.Row(row);
            Scores(weights, features, scores);
            var label = scores[labels[row]];
            var largest = TensorPrimitives.Max<float>(scores);
            TensorPrimitives.Subtract(scores, largest, scores);
            TensorPrimitives.Exp<float>(scores, scores);
            var total = TensorPrimitives.Sum<float>(scores);
            sum += Math.Log(total) + largest - label;
            for (var c = 0; c < classes; c++)
            {
                var error = (scores[c] / total) - (c == labels[row] ? 1 : 0);
                var own = gradient.AsSpan(c * (x.Dimension + 1), x.Dimension + 1);
                TensorPrimitives.MultiplyAdd(features, error, own[..^1], own[..^1]);
                own[^1] += error;
            }
        }

        return sum;
    }

    private static void Scores(ReadOnlySpan<float> weights, ReadOnlySpan<float> features, Span<float> scores)
    {
        var length = features.Length + 1;
        for (var c = 0; c < scores.Length; c++)
        {
            var row = weights.Slice(c * length, length);
            scores[c] = TensorPrimitives.Dot(row[..^1], features) + row[^1];
        }
    }
}
