using System.Numerics.Tensors;
using Jem.Embed.Vectors;
using Jem.Graphs.Nn;

namespace Jem.Trainer.Eval;

/// <summary>
/// A linear probe: multinomial logistic regression on frozen, standardised features, fitted by L-BFGS.
/// The weights are penalised by ½·‖W‖²/n, scikit-learn's C = 1; biases are not.
/// </summary>
public static class LinearProbe
{
    /// <summary>The accuracy over the test rows when all training rows have labels.</summary>
    public static double Accuracy(LabelledVectors train, LabelledVectors test, int iterations = 100)
    {
        var (mean, scale) = Standard(train.Vectors);
        var weights = Fit(Standardised(train.Vectors, mean, scale), train.Labels, train.Classes, iterations);
        var predicted = Predict(weights, Standardised(test.Vectors, mean, scale), train.Classes);
        return predicted.Zip(test.Labels).Average(pair => pair.First == pair.Second ? 1.0 : 0.0);
    }

    /// <summary>The mean and deviation of the accuracy over random draws of a few labelled rows per class.</summary>
    /// <exception cref="ArgumentException">A class has fewer rows.</exception>
    public static (double Mean, double Deviation) FewLabels(LabelledVectors train, LabelledVectors test, int perClass, int draws, ulong seed)
    {
        var accuracies = Enumerable.Range(0, draws).Select(draw => Accuracy(Draw(train, perClass, seed, draw), test)).ToList();
        var mean = accuracies.Average();
        return (mean, Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / Math.Max(1, draws - 1)));
    }

    private static LabelledVectors Draw(LabelledVectors train, int perClass, ulong seed, int draw)
    {
        var random = new SeededRandom(seed, (ulong)draw);
        var order = Enumerable.Range(0, train.Labels.Length).ToArray();
        random.Shuffle<int>(order);
        var rows = order.GroupBy(row => train.Labels[row]).OrderBy(rows => rows.Key).SelectMany(rows => rows.Count() >= perClass
            ? rows.Take(perClass)
            : throw new ArgumentException($"{perClass} labels per class were asked for, but class {rows.Key} has {rows.Count()} images.")).ToArray();
        var data = new float[rows.Length * train.Vectors.Dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            train.Vectors.Row(rows[i]).CopyTo(data.AsSpan(i * train.Vectors.Dimension));
        }

        return new LabelledVectors(new VectorMatrix(data, rows.Length, train.Vectors.Dimension), [.. rows.Select(row => train.Labels[row])], train.Classes);
    }

    private static (float[] Mean, float[] Scale) Standard(VectorMatrix x)
    {
        var (mean, square) = (new double[x.Dimension], new double[x.Dimension]);
        for (var row = 0; row < x.Count; row++)
        {
            var values = x.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                mean[i] += values[i];
                square[i] += (double)values[i] * values[i];
            }
        }

        return (
            Array.ConvertAll(mean, sum => (float)(sum / x.Count)),
            [.. square.Zip(mean, (s, m) => (float)(1 / Math.Max(Math.Sqrt(Math.Max(0, (s / x.Count) - Math.Pow(m / x.Count, 2))), 1e-6)))]);
    }

    private static VectorMatrix Standardised(VectorMatrix x, float[] mean, float[] scale)
    {
        var data = x.Data.ToArray();
        Parallel.For(0, x.Count, row =>
        {
            var values = data.AsSpan(row * x.Dimension, x.Dimension);
            TensorPrimitives.Subtract(values, mean, values);
            TensorPrimitives.Multiply(values, scale, values);
        });
        return new VectorMatrix(data, x.Count, x.Dimension);
    }

    // Weights [classes, D + 1], the bias last.
    private static float[] Fit(VectorMatrix x, int[] labels, int classes, int iterations)
    {
        var weights = new float[classes * (x.Dimension + 1)];
        Lbfgs.Minimize((w, gradient) => Loss(w, gradient, x, labels, classes), weights, iterations);
        return weights;
    }

    // Rows are summed in a fixed number of parts, in order: the result does not depend on the number of threads.
    private static double Loss(float[] weights, float[] gradient, VectorMatrix x, int[] labels, int classes)
    {
        const int Parts = 8;
        var (losses, gradients) = (new double[Parts], new float[Parts][]);
        Parallel.For(0, Parts, part =>
        {
            var (sum, own, scores) = (0.0, new float[weights.Length], new float[classes]);
            for (var row = (int)((long)x.Count * part / Parts); row < (int)((long)x.Count * (part + 1) / Parts); row++)
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
                    var rowGradient = own.AsSpan(c * (x.Dimension + 1), x.Dimension + 1);
                    TensorPrimitives.MultiplyAdd(features, error, rowGradient[..^1], rowGradient[..^1]);
                    rowGradient[^1] += error;
                }
            }

            (losses[part], gradients[part]) = (sum, own);
        });
        Array.Clear(gradient);
        Array.ForEach(gradients, part => TensorPrimitives.Add(gradient, part, gradient));
        var penalty = 0.0;
        for (var c = 0; c < classes; c++)
        {
            var row = weights.AsSpan(c * (x.Dimension + 1), x.Dimension);
            var target = gradient.AsSpan(c * (x.Dimension + 1), x.Dimension);
            penalty += 0.5 * TensorPrimitives.SumOfSquares<float>(row);
            TensorPrimitives.Add(target, row, target);
        }

        TensorPrimitives.Divide(gradient, x.Count, gradient);
        return (losses.Sum() + penalty) / x.Count;
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

    private static int[] Predict(float[] weights, VectorMatrix x, int classes)
    {
        var predicted = new int[x.Count];
        Parallel.For(0, x.Count, row =>
        {
            Span<float> scores = stackalloc float[classes];
            Scores(weights, x.Row(row), scores);
            predicted[row] = TensorPrimitives.IndexOfMax<float>(scores);
        });
        return predicted;
    }
}
