using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu;

/// <summary>
/// A tensor [N,C,...] seen as N segments of <paramref name="Inner"/> adjacent numbers for each of C channels, and the sums that
/// batch norm takes over one channel. Sums run in float lanes within a segment and in double across segments, in a fixed order.
/// </summary>
internal readonly record struct Channels(int N, int C, int Inner)
{
    // Neighbouring channels share cache lines when a segment is short: a task takes at least this many adjacent numbers.
    private const int TaskWidth = 64;

    public static Channels Of(Tensor x) => x.Shape.Length >= 2
        ? new(x.Shape[0], x.Shape[1], x.Shape[2..].Aggregate(1, (product, size) => product * size))
        : throw new ArgumentException($"Input 'x' must have shape [N,C,...]; got {x}.");

    /// <summary>The numbers in one channel.</summary>
    public long Count => (long)N * Inner;

    /// <summary>The position of the segment of image <paramref name="n"/> in channel <paramref name="c"/>.</summary>
    public nint Segment(int n, int c) => (((nint)n * C) + c) * Inner;

    /// <summary>Runs <paramref name="body"/> for each channel.</summary>
    public void ForEach(ParallelFor parallel, Action<int> body)
    {
        var (channels, width) = (C, Math.Max(1, TaskWidth / Math.Max(1, Inner)));
        parallel((channels + width - 1) / width, task =>
        {
            for (var c = task * width; c < Math.Min(channels, (task + 1) * width); c++)
            {
                body(c);
            }
        });
    }

    /// <summary>Σ (x − origin) and Σ (x − origin)·(z − zOrigin) over channel <paramref name="c"/>.</summary>
    public unsafe (double Sum, double Product) Sums(float* x, float origin, float* z, float zOrigin, int c)
    {
        double sum = 0, product = 0;
        for (var n = 0; n < N; n++)
        {
            float* a = x + Segment(n, c), b = z + Segment(n, c);
            var i = 0;
            if (Inner >= Vector<float>.Count)
            {
                var (sum0, sum1, product0, product1) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
                var (shift, zShift) = (new Vector<float>(origin), new Vector<float>(zOrigin));
                for (; i <= Inner - (2 * Vector<float>.Count); i += 2 * Vector<float>.Count)
                {
                    var (a0, a1) = (Vector.Load(a + i) - shift, Vector.Load(a + i + Vector<float>.Count) - shift);
                    sum0 += a0;
                    sum1 += a1;
                    product0 = Vector.MultiplyAddEstimate(a0, Vector.Load(b + i) - zShift, product0);
                    product1 = Vector.MultiplyAddEstimate(a1, Vector.Load(b + i + Vector<float>.Count) - zShift, product1);
                }

                if (i <= Inner - Vector<float>.Count)
                {
                    var a0 = Vector.Load(a + i) - shift;
                    sum0 += a0;
                    product0 = Vector.MultiplyAddEstimate(a0, Vector.Load(b + i) - zShift, product0);
                    i += Vector<float>.Count;
                }

                sum += Vector.Sum(sum0 + sum1);
                product += Vector.Sum(product0 + product1);
            }

            for (; i < Inner; i++)
            {
                sum += a[i] - origin;
                product += (a[i] - origin) * (double)(b[i] - zOrigin);
            }
        }

        return (sum, product);
    }
}
