using System.Numerics.Tensors;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>
/// The neighbourhoods that t-SNE draws (van der Maaten and Hinton 2008, section 2): p(j|i) is a Gaussian around point i whose width
/// gives it a wanted perplexity, and P(i,j) = (p(j|i) + p(i|j)) / 2n.
/// </summary>
internal static class Affinities
{
    private const int Bisections = 64;

    /// <summary>P as [n, n]: symmetric, zero on the diagonal, with sum 1.</summary>
    /// <param name="squares">Squared distances [n, n].</param>
    /// <param name="perplexity">The effective number of neighbours, in [1, n − 1).</param>
    public static float[] Of(double[] squares, int n, double perplexity)
    {
        var conditional = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            Row(squares.AsSpan(i * n, n), conditional.AsSpan(i * n, n), i, Math.Log(perplexity));
        }

        var joint = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                joint[(i * n) + j] = (float)((conditional[(i * n) + j] + conditional[(j * n) + i]) / (2 * n));
            }
        }

        return joint;
    }

    /// <summary>Squared Euclidean distances between rows, [n, n].</summary>
    public static double[] Squares(VectorMatrix x)
    {
        var squares = new double[x.Count * x.Count];
        for (var i = 0; i < x.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = (double)TensorPrimitives.Distance(x.Row(i), x.Row(j));
                squares[(i * x.Count) + j] = squares[(j * x.Count) + i] = distance * distance;
            }
        }

        return squares;
    }

    // Bisection on β = 1/2σ². The nearest distance is taken out, so that exp does not underflow for all of them.
    private static void Row(ReadOnlySpan<double> squares, Span<double> p, int self, double entropy)
    {
        var nearest = double.PositiveInfinity;
        for (var j = 0; j < p.Length; j++)
        {
            nearest = j == self ? nearest : Math.Min(nearest, squares[j]);
        }

        var (low, high, beta) = (0.0, double.PositiveInfinity, 1.0);
        for (var round = 0; round < Bisections; round++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var j = 0; j < p.Length; j++)
            {
                var beyond = squares[j] - nearest;
                p[j] = j == self ? 0 : Math.Exp(-beta * beyond);
                sum += p[j];
                weighted += p[j] * beyond;
            }

            TensorPrimitives.Divide(p, sum, p);

            // The entropy falls as β grows.
            var difference = Math.Log(sum) + (beta * weighted / sum) - entropy;
            if (Math.Abs(difference) < 1e-6)
            {
                return;
            }

            (low, high) = difference > 0 ? (beta, high) : (low, beta);
            beta = double.IsInfinity(high) ? beta * 2 : (low + high) / 2;
        }
    }
}
