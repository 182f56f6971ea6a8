using System.Numerics;
using System.Numerics.Tensors;
using Jem.Embed.Index;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>Multinomial logistic regression: the scores of a row are W·x, and its loss is the cross-entropy of their softmax.</summary>
/// <param name="x">[N, D]; a bias is the weight of a feature that is 1 everywhere.</param>
/// <param name="labels">Of each row, in 0 … classes − 1.</param>
internal sealed class SoftmaxRegression(VectorMatrix x, int[] labels, int classes)
{
    // Rows are summed in a fixed number of parts, in order: the result does not depend on the number of threads.
    private const int Parts = 8;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part(x.Dimension, classes))];

    /// <summary>Numbers of [classes, D].</summary>
    public int WeightCount { get; } = classes * x.Dimension;

    /// <summary>The mean loss over some rows; writes its gradient by the weights.</summary>
    public double Loss(float[] weights, float[] gradient, ReadOnlyMemory<int> rows)
    {
        int Start(int part) => (int)((long)rows.Length * part / Parts);
        Parallel.For(0, Parts, part => _parts[part].Sum(weights, x, labels, rows.Span[Start(part)..Start(part + 1)]));
        Array.Clear(gradient);
        foreach (var part in _parts)
        {
            TensorPrimitives.Add(gradient, part.Gradient, gradient);
        }

        TensorPrimitives.Divide(gradient, rows.Length, gradient);
        return _parts.Sum(part => part.Loss) / rows.Length;
    }

    /// <summary>The class with the largest score for each row.</summary>
    public static int[] Predict(float[] weights, VectorMatrix x, int classes)
    {
        var predicted = new int[x.Count];
        var matrix = new VectorMatrix(weights, classes, x.Dimension);
        ExactSearch.ForEachQuery(x, matrix, (row, scores) => predicted[row] = TensorPrimitives.IndexOfMax(scores));
        return predicted;
    }

    /// <summary>The sums over a share of the rows, some rows at a time.</summary>
    private sealed class Part(int dimension, int classes)
    {
        private const int Group = 4;

        // Rows that stay in the first-level cache with a class's weights and gradient.
        private readonly int _size = Group * Math.Clamp(4096 / dimension, 1, 8);
        private float[] _rows = [];
        private float[] _errors = [];

        public double Loss { get; private set; }

        public float[] Gradient { get; } = new float[classes * dimension];

        public void Sum(float[] weights, VectorMatrix x, int[] labels, ReadOnlySpan<int> rows)
        {
            (_rows, _errors) = _rows.Length > 0 ? (_rows, _errors) : (new float[_size * dimension], new float[_size * classes]);
            Loss = 0;
            Array.Clear(Gradient);
            for (var first = 0; first < rows.Length; first += _size)
            {
                var some = rows[first..Math.Min(first + _size, rows.Length)];
                for (var i = 0; i < some.Length; i++)
                {
                    x.Row(some[i]).CopyTo(_rows.AsSpan(i * dimension));
                }

                DotProducts.Compute(_rows, some.Length, weights, classes, dimension, _errors);
                for (var i = 0; i < some.Length; i++)
                {
                    Loss += Errors(_errors.AsSpan(i * classes, classes), labels[some[i]]);
                }

                // What fills a group up does not count.
                Array.Clear(_errors, some.Length * classes, _errors.Length - (some.Length * classes));
                for (var i = 0; i < some.Length; i += Group)
                {
                    AddGroup(i);
                }
            }
        }

        // Scores become softmax minus the label's 1; returns the cross-entropy.
        private static double Errors(Span<float> scores, int label)
        {
            var largest = TensorPrimitives.Max<float>(scores);
            TensorPrimitives.Subtract(scores, largest, scores);
            var own = scores[label];
            TensorPrimitives.Exp(scores, scores);
            var total = TensorPrimitives.Sum<float>(scores);
            TensorPrimitives.Divide(scores, total, scores);
            scores[label] -= 1;
            return Math.Log(total) - own;
        }

        // gradient[c] += Σ error[row, c] · x[row] over four rows at once: the gradient is read and written once for all.
        private void AddGroup(int first)
        {
            var (x0, x1, x2, x3) = (first * dimension, (first + 1) * dimension, (first + 2) * dimension, (first + 3) * dimension);
            for (var c = 0; c < classes; c++)
            {
                var at = (first * classes) + c;
                var (e0, e1, e2, e3) = (_errors[at], _errors[at + classes], _errors[at + (2 * classes)], _errors[at + (3 * classes)]);
                var sums = Gradient.AsSpan(c * dimension, dimension);
                var i = 0;
                for (; i <= dimension - Vector<float>.Count; i += Vector<float>.Count)
                {
                    var sum = new Vector<float>(sums[i..]);
                    sum = Vector.MultiplyAddEstimate(new Vector<float>(e0), new Vector<float>(_rows, x0 + i), sum);
                    sum = Vector.MultiplyAddEstimate(new Vector<float>(e1), new Vector<float>(_rows, x1 + i), sum);
                    sum = Vector.MultiplyAddEstimate(new Vector<float>(e2), new Vector<float>(_rows, x2 + i), sum);
                    Vector.MultiplyAddEstimate(new Vector<float>(e3), new Vector<float>(_rows, x3 + i), sum).CopyTo(sums[i..]);
                }

                for (; i < dimension; i++)
                {
                    sums[i] += (e0 * _rows[x0 + i]) + (e1 * _rows[x1 + i]) + (e2 * _rows[x2 + i]) + (e3 * _rows[x3 + i]);
                }
            }
        }
    }
}
