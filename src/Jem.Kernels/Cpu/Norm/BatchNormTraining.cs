using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// Batch normalisation by the batch's own moments: (x [N,C,...], scale [C], bias [C]) → (y, mean [C], biased variance [C]);
/// y = (x − mean) / √(variance + epsilon) · scale + bias. Ioffe and Szegedy 2015, arXiv:1502.03167. Perhaps with the ReLU behind it, and with what a
/// residual adds between them: (x, scale, bias, skip [N,C,...]) → (max(0, y + skip), mean, variance). Some channels at a time: the second pass finds x in
/// a near cache, and neither the norm nor the sum goes to memory.
/// </summary>
internal sealed unsafe class BatchNormTraining(float epsilon, bool relu, bool skips) : IKernel
{
    /// <summary>Names of the kernels alone, with the ReLU, and with the addition and the ReLU.</summary>
    public const string Alone = "BatchNormTraining", Relu = "BatchNormRelu", AddRelu = "BatchNormAddRelu";

    public static IKernel Create(NodeAttributes attributes, bool relu, bool skips) =>
        new BatchNormTraining(attributes.Float("epsilon", 1e-5f), relu, skips);

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var channels = Channels.Of(x);
        float* skip = null;
        if (skips)
        {
            x.RequireShapeOf(context.Input(3), "x", "skip");
            skip = context.Input(3).Data;
        }

        Compute(
            channels, x.Data, context.Input(1).Data, context.Input(2).Data, skip, epsilon, relu,
            context.Output(0, x.Shape).Data, context.Output(1, channels.C).Data, context.Output(2, channels.C).Data, context.ParallelFor);
    }

    /// <param name="skip">Null without one.</param>
    public static void Compute(
        Channels channels, float* x, float* scale, float* bias, float* skip, float epsilon, bool relu, float* y, float* mean, float* variance,
        ParallelFor parallel) => channels.ForEachGroup(parallel, (first, count) =>
    {
        Moments(channels, x, first, count, mean, variance);
        var factors = stackalloc float[count];
        for (var i = 0; i < count; i++)
        {
            factors[i] = Factor(scale[first + i], variance[first + i], epsilon);
        }

        var least = relu ? 0 : float.NegativeInfinity;
        for (var n = 0; n < channels.N; n++)
        {
            for (var i = 0; i < count; i++)
            {
                var (c, at) = (first + i, channels.Segment(n, first + i));
                Normalize(
                    x + at, skip == null ? null : skip + at, channels.ImageStep, channels.Inner, mean[c], factors[i], bias[c], least, y + at);
            }
        }
    });

    /// <summary>What the gradient takes as well, so that its mask is this output's to the last bit.</summary>
    public static float Factor(float scale, float variance, float epsilon) => (float)(scale / Math.Sqrt(variance + (double)epsilon));

    // Some channels' means and biased variances.
    private static void Moments(Channels channels, float* x, int first, int count, float* mean, float* variance)
    {
        var totals = stackalloc LaneSums[count];
        var origins = stackalloc float[count];
        new Span<LaneSums>(totals, count).Clear();
        for (var i = 0; i < count; i++)
        {
            origins[i] = Near(channels, x, first + i);
        }

        for (var n = 0; n < channels.N; n++)
        {
            for (var i = 0; i < count; i++)
            {
                Add(ref totals[i], x + channels.Segment(n, first + i), channels.ImageStep, channels.Inner, origins[i]);
            }
        }

        for (var i = 0; i < count; i++)
        {
            var (sum, squares) = totals[i].Take();
            var offset = sum / channels.Count;
            mean[first + i] = (float)(origins[i] + offset);
            variance[first + i] = (float)Math.Max(0, (squares / channels.Count) - (offset * offset));
        }
    }

    // Moments about a number near the mean: about zero, a mean far from zero would cancel the variance's digits.
    private static float Near(Channels channels, float* x, int c)
    {
        var (first, count) = (0f, Math.Min(32, channels.Inner));
        for (var i = 0; channels.N > 0 && i < count; i++)
        {
            first += x[channels.Segment(0, c) + i] / count;
        }

        return first;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ref LaneSums total, float* x, nint ahead, int length, float origin)
    {
        V s0 = default, s1 = default, p0 = default, p1 = default, o = Vector512.Create(origin);
        var i = 0;
        for (; i <= length - (2 * V.Count); i += 2 * V.Count)
        {
            Prefetch(x + ahead + i);
            Prefetch(x + ahead + i + V.Count);
            V a = Vector512.Load(x + i) - o, b = Vector512.Load(x + i + V.Count) - o;
            (s0, s1, p0, p1) = (s0 + a, s1 + b, Fma(a, a, p0), Fma(b, b, p1));
        }

        if (i <= length - V.Count)
        {
            Prefetch(x + ahead + i);
            var a = Vector512.Load(x + i) - o;
            (s0, p0, i) = (s0 + a, Fma(a, a, p0), i + V.Count);
        }

        if (i < length)
        {
            Prefetch(x + ahead + i);
            var a = (LoadFirst(x + i, length - i) - o) & First(length - i);
            (s1, p1) = (s1 + a, Fma(a, a, p1));
        }

        total.Add(s0 + s1, p0 + p1, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalize(float* x, float* skip, nint ahead, int length, float mean, float factor, float bias, float least, float* y)
    {
        V m = Vector512.Create(mean), f = Vector512.Create(factor), b = Vector512.Create(bias), l = Vector512.Create(least);
        var i = 0;
        for (; i <= length - V.Count; i += V.Count)
        {
            var sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i) - m, f, b);
            if (skip != null)
            {
                Prefetch(skip + ahead + i);
                sum += Vector512.Load(skip + i);
            }

            Vector512.Max(sum, l).Store(y + i);
        }

        if (i < length)
        {
            var rest = length - i;
            var sum = Vector512.FusedMultiplyAdd(LoadFirst(x + i, rest) - m, f, b);
            sum = skip == null ? sum : sum + LoadFirst(skip + i, rest);
            StoreFirst(Vector512.Max(sum, l), y + i, rest);
        }
    }
}
