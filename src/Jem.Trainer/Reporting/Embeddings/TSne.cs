using System.Runtime.Intrinsics;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>
/// A map of vectors in the plane that keeps neighbours together: exact t-SNE (van der Maaten and Hinton 2008), begun at the two principal
/// components (Kobak and Berens 2019) and without random numbers: the same vectors give the same map.
/// Time grows with the square of the number of vectors; 600 take about half a second on one core.
/// </summary>
public static class TSne
{
    // The schedule of the paper's section 3.4: neighbours attract each other more at first, and momentum comes after.
    private const int Iterations = 500, Early = 150;
    private const double Exaggeration = 12, EarlyMomentum = 0.5, Momentum = 0.8, StartDeviation = 1e-4;

    /// <summary>Positions [n, 2] around the origin.</summary>
    /// <param name="vectors">One per row; neighbours are those with a small Euclidean distance.</param>
    /// <param name="perplexity">How many neighbours count; fewer where there are few vectors.</param>
    public static float[] Map(VectorMatrix vectors, double perplexity = 30, CancellationToken cancellation = default)
    {
        var n = vectors.Count;
        if (n < 4)
        {
            return [.. Enumerable.Range(0, n).SelectMany(i => new[] { i - ((n - 1) / 2f), 0 })];
        }

        var p = Affinities.Of(Affinities.Squares(vectors), n, Math.Min(perplexity, (n - 1) / 3.0));
        var start = PrincipalComponents.Of(vectors);
        var scale = StartDeviation / Math.Max(Deviation(start, n), 1e-12);
        var points = new Points(n);
        for (var i = 0; i < n; i++)
        {
            (points.X[i], points.Y[i]) = ((float)(start[2 * i] * scale), (float)(start[(2 * i) + 1] * scale));
        }

        Descend(points, p, n, cancellation);
        return [.. Enumerable.Range(0, n).SelectMany(i => new[] { points.X[i], points.Y[i] })];
    }

    // Gradient descent with a gain per coordinate: it grows while the direction stays and shrinks when it turns (Jacobs 1988).
    private static void Descend(Points points, float[] p, int n, CancellationToken cancellation)
    {
        var rate = Math.Max(n / Exaggeration, 50);
        var (gradient, velocity, gains) = (new Points(n), new Points(n), new Points(n));
        gains.X.AsSpan().Fill(1);
        gains.Y.AsSpan().Fill(1);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            var early = iteration < Early;
            Gradient(points, p, n, early ? (float)Exaggeration : 1, gradient);
            var momentum = early ? EarlyMomentum : Momentum;
            Move(points.X, gradient.X, velocity.X, gains.X, rate, momentum);
            Move(points.Y, gradient.Y, velocity.Y, gains.Y, rate, momentum);
        }

        void Move(float[] position, float[] slope, float[] speed, float[] gain, double learningRate, double momentum)
        {
            var mean = 0.0;
            for (var i = 0; i < n; i++)
            {
                gain[i] = Math.Max(0.01f, slope[i] * speed[i] < 0 ? gain[i] + 0.2f : gain[i] * 0.8f);
                speed[i] = (float)((momentum * speed[i]) - (learningRate * gain[i] * slope[i]));
                position[i] += speed[i];
                mean += position[i] / n;
            }

            for (var i = 0; i < n; i++)
            {
                position[i] -= (float)mean;
            }
        }
    }

    /// <summary>
    /// The gradient of KL(P ‖ Q): 4 Σⱼ (e·pᵢⱼ − qᵢⱼ)(yᵢ − yⱼ)/(1 + ‖yᵢ − yⱼ‖²). Both parts of the sum are taken in one pass, because the
    /// second only lacks the factor 1/Z, which is known after it.
    /// </summary>
    /// <remarks>Lanes are of a fixed number, so that every processor adds in the same order.</remarks>
    internal static void Gradient(Points points, float[] p, int n, float exaggeration, Points gradient)
    {
        var z = 0.0;
        var (pushX, pushY) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var row = p.AsSpan(i * n, n);
            var (x, y) = (Vector256.Create(points.X[i]), Vector256.Create(points.Y[i]));
            Vector256<float> sum = default, pullX = default, pullY = default, awayX = default, awayY = default;
            var j = 0;
            for (; j <= n - Vector256<float>.Count; j += Vector256<float>.Count)
            {
                var dx = x - Vector256.Create(points.X.AsSpan(j));
                var dy = y - Vector256.Create(points.Y.AsSpan(j));
                var kernel = Vector256<float>.One / (Vector256<float>.One + (dx * dx) + (dy * dy));
                var pull = kernel * Vector256.Create(row[j..]);
                var push = kernel * kernel;
                sum += kernel;
                pullX += pull * dx;
                pullY += pull * dy;
                awayX += push * dx;
                awayY += push * dy;
            }

            var (total, ownPullX, ownPullY, ownPushX, ownPushY) =
                (Vector256.Sum(sum), Vector256.Sum(pullX), Vector256.Sum(pullY), Vector256.Sum(awayX), Vector256.Sum(awayY));
            for (; j < n; j++)
            {
                var (dx, dy) = (points.X[i] - points.X[j], points.Y[i] - points.Y[j]);
                var kernel = 1 / (1 + (dx * dx) + (dy * dy));
                total += kernel;
                ownPullX += kernel * row[j] * dx;
                ownPullY += kernel * row[j] * dy;
                ownPushX += kernel * kernel * dx;
                ownPushY += kernel * kernel * dy;
            }

            // A point is at distance 0 from itself: its kernel is 1 and pulls nowhere.
            z += total - 1;
            (gradient.X[i], gradient.Y[i]) = (exaggeration * ownPullX, exaggeration * ownPullY);
            (pushX[i], pushY[i]) = (ownPushX, ownPushY);
        }

        for (var i = 0; i < n; i++)
        {
            gradient.X[i] = 4 * (gradient.X[i] - (float)(pushX[i] / z));
            gradient.Y[i] = 4 * (gradient.Y[i] - (float)(pushY[i] / z));
        }
    }

    private static double Deviation(double[] positions, int n) =>
        Math.Sqrt(Enumerable.Range(0, n).Sum(i => positions[2 * i] * positions[2 * i]) / n);

    /// <summary>n points of the plane, coordinate by coordinate.</summary>
    internal sealed class Points(int n)
    {
        public float[] X { get; } = new float[n];

        public float[] Y { get; } = new float[n];
    }
}
