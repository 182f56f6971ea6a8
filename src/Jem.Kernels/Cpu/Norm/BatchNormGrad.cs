using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// The gradient of <see cref="BatchNormTraining"/>: (x, δy [N,C,...], scale, mean, variance [C]) → (δx, δscale, δbias).
/// With x̂ the normalised input and means over the batch: δx = scale/√(variance + ε) · (δy − mean(δy) − x̂·mean(δy·x̂)). With the ReLU:
/// (..., bias) → the same, where the ReLU's mask is computed again from x. With the addition and the ReLU: (..., z) → (δx, δscale, δbias, δskip), where
/// δskip is δy where z &gt; 0; and of a sum: (..., z, δother) → the same of δy + δother.
/// </summary>
internal sealed unsafe class BatchNormGrad(float epsilon, bool relu, bool skips, bool ofSum) : IKernel
{
    /// <summary>Names of the kernels alone, with the ReLU, with the addition and the ReLU, and with these for a gradient that is a sum.</summary>
    public const string Alone = "BatchNormGrad", Relu = "BatchNormReluGrad", AddRelu = "BatchNormAddReluGrad", AddReluOfSum = "BatchNormAddReluGradOfSum";

    public static IKernel Create(NodeAttributes attributes, bool relu, bool skips, bool ofSum = false) =>
        new BatchNormGrad(attributes.Float("epsilon", 1e-5f), relu, skips, ofSum);

    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var channels = Channels.Of(x);
        x.RequireShapeOf(δy, "x", skips || relu ? "dz" : "dy");
        if (skips)
        {
            x.RequireShapeOf(context.Input(5), "x", "z");
        }

        float* other = null;
        if (ofSum)
        {
            x.RequireShapeOf(context.Input(6), "x", "dother");
            other = context.Input(6).Data;
        }

        Compute(
            channels, x.Data, δy.Data, context.Input(2).Data, context.Input(3).Data, context.Input(4).Data, epsilon,
            relu && !skips ? context.Input(5).Data : null, skips ? context.Input(5).Data : null, other,
            context.Output(0, x.Shape).Data, context.Output(1, channels.C).Data, context.Output(2, channels.C).Data,
            skips ? context.Output(3, x.Shape).Data : null, context.ParallelFor);
    }

    /// <param name="bias">Of the norm whose ReLU masks the gradient; null without one.</param>
    /// <param name="z">What the ReLU behind the addition gave, as <paramref name="δskip"/>; null without one.</param>
    /// <param name="other">What is added to <paramref name="δy"/>; null for nothing, and without <paramref name="z"/>.</param>
    public static void Compute(
        Channels channels, float* x, float* δy, float* scale, float* mean, float* variance, float epsilon, float* bias, float* z, float* other,
        float* δx, float* δscale, float* δbias, float* δskip, ParallelFor parallel) => channels.ForEachGroup(parallel, (first, count) =>
    {
        var totals = stackalloc LaneSums[count];
        new Span<LaneSums>(totals, count).Clear();
        float* factors = stackalloc float[count], forInput = stackalloc float[count], constants = stackalloc float[count];
        for (var i = 0; i < count; i++)
        {
            factors[i] = BatchNormTraining.Factor(scale[first + i], variance[first + i], epsilon);
        }

        // An infinite bias masks nothing, and neither does what is no number.
        float Bias(int i) => bias == null ? float.PositiveInfinity : bias[first + i];

        for (var n = 0; n < channels.N; n++)
        {
            for (var i = 0; i < count; i++)
            {
                var at = channels.Segment(n, first + i);
                if (z == null)
                {
                    Add(ref totals[i], x + at, δy + at, channels.ImageStep, channels.Inner, mean[first + i], factors[i], Bias(i));
                }
                else
                {
                    var second = other == null ? null : other + at;
                    Mask(ref totals[i], x + at, δy + at, second, z + at, channels.ImageStep, channels.Inner, mean[first + i], δskip + at);
                }
            }
        }

        for (var i = 0; i < count; i++)
        {
            var (c, (sum, product)) = (first + i, totals[i].Take());
            var inverse = 1 / Math.Sqrt(variance[c] + (double)epsilon);
            (δbias[c], δscale[c]) = ((float)sum, (float)(product * inverse));
            forInput[i] = (float)(-scale[c] * inverse * inverse * inverse * product / channels.Count);
            constants[i] = (float)(-scale[c] * inverse * sum / channels.Count);
        }

        var gradient = z == null ? δy : δskip;
        for (var n = 0; n < channels.N; n++)
        {
            for (var i = 0; i < count; i++)
            {
                var at = channels.Segment(n, first + i);
                Combine(x + at, gradient + at, channels.Inner, mean[first + i], factors[i], Bias(i), forInput[i], constants[i], δx + at);
            }
        }
    });

    // Σ δ and Σ δ·(x − mean) where the norm is positive.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ref LaneSums total, float* x, float* δy, nint ahead, int length, float mean, float factor, float bias)
    {
        V m = Vector512.Create(mean), f = Vector512.Create(factor), b = Vector512.Create(bias), sums = default, products = default;
        var i = 0;
        for (; i <= length - V.Count; i += V.Count)
        {
            Prefetch(x + ahead + i);
            Prefetch(δy + ahead + i);
            var centred = Vector512.Load(x + i) - m;
            var δ = Vector512.AndNot(Vector512.Load(δy + i), Vector512.LessThanOrEqual(Vector512.FusedMultiplyAdd(centred, f, b), V.Zero));
            (sums, products) = (sums + δ, Fma(δ, centred, products));
        }

        if (i < length)
        {
            Prefetch(x + ahead + i);
            Prefetch(δy + ahead + i);
            var centred = LoadFirst(x + i, length - i) - m;
            var δ = Vector512.AndNot(LoadFirst(δy + i, length - i), Vector512.LessThanOrEqual(Vector512.FusedMultiplyAdd(centred, f, b), V.Zero));
            (sums, products) = (sums + δ, Fma(δ, centred, products));
        }

        total.Add(sums, products, length);
    }

    // The same where z is positive, and the masked gradient.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mask(
        ref LaneSums total, float* x, float* δy, float* other, float* z, nint ahead, int length, float mean, float* masked)
    {
        V m = Vector512.Create(mean), sums = default, products = default;
        var i = 0;
        for (; i <= length - V.Count; i += V.Count)
        {
            Prefetch(x + ahead + i);
            Prefetch(δy + ahead + i);
            Prefetch(z + ahead + i);
            var δ = Vector512.Load(δy + i);
            if (other != null)
            {
                Prefetch(other + ahead + i);
                δ += Vector512.Load(other + i);
            }

            δ &= Vector512.GreaterThan(Vector512.Load(z + i), V.Zero);
            δ.Store(masked + i);
            (sums, products) = (sums + δ, Fma(δ, Vector512.Load(x + i) - m, products));
        }

        if (i < length)
        {
            Prefetch(x + ahead + i);
            Prefetch(δy + ahead + i);
            Prefetch(z + ahead + i);
            var rest = length - i;
            var δ = LoadFirst(δy + i, rest) + (other == null ? V.Zero : LoadFirst(other + i, rest));
            δ &= Vector512.GreaterThan(LoadFirst(z + i, rest), V.Zero);
            StoreFirst(δ, masked + i, rest);
            (sums, products) = (sums + δ, Fma(δ, LoadFirst(x + i, rest) - m, products));
        }

        total.Add(sums, products, length);
    }

    // δx = factor·δ + forInput·(x − mean) + constant
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(
        float* x, float* δy, int length, float mean, float factor, float bias, float forInput, float constant, float* δx)
    {
        V m = Vector512.Create(mean), f = Vector512.Create(factor), b = Vector512.Create(bias);
        V p = Vector512.Create(forInput), q = Vector512.Create(constant);
        var i = 0;
        for (; i <= length - V.Count; i += V.Count)
        {
            Combined(Vector512.Load(x + i), Vector512.Load(δy + i), m, f, b, p, q).Store(δx + i);
        }

        if (i < length)
        {
            var rest = length - i;
            StoreFirst(Combined(LoadFirst(x + i, rest), LoadFirst(δy + i, rest), m, f, b, p, q), δx + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Combined(V x, V δy, V mean, V factor, V bias, V forInput, V constant)
    {
        var centred = x - mean;
        var δ = Vector512.AndNot(δy, Vector512.LessThanOrEqual(Vector512.FusedMultiplyAdd(centred, factor, bias), V.Zero));
        return Fma(δ, factor, Fma(centred, forInput, constant));
    }
}
