using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// The gradient of <see cref="BatchNormRelu"/>. Without an addition: (x, δz, scale, mean, variance, bias) → (δx, δscale, δbias), where the ReLU's
/// mask is computed again from x. With one: (x, δz, scale, mean, variance, z) → (δx, δscale, δbias, δskip), where δskip is δz where z &gt; 0.
/// </summary>
internal sealed unsafe class BatchNormReluGrad(float epsilon, bool skips) : IKernel
{
    /// <summary>Names of the kernels without and with an addition.</summary>
    public const string Plain = "BatchNormReluGrad", Skipping = "BatchNormAddReluGrad";

    public static IKernel Create(NodeAttributes attributes, bool skips) => new BatchNormReluGrad(attributes.Float("epsilon", 1e-5f), skips);

    public void Run(KernelContext context)
    {
        var (x, δz) = (context.Input(0), context.Input(1));
        var channels = Channels.Of(x);
        x.RequireShapeOf(δz, "x", "dz");
        float* values = x.Data, gradient = δz.Data, scale = context.Input(2).Data, mean = context.Input(3).Data, variance = context.Input(4).Data;
        float* last = context.Input(5).Data, δx = context.Output(0, x.Shape).Data;
        float* δscale = context.Output(1, channels.C).Data, δbias = context.Output(2, channels.C).Data;
        var δskip = skips ? context.Output(3, x.Shape).Data : null;
        channels.ForEach(context.ParallelFor, c =>
        {
            var factor = BatchNormRelu.Factor(scale[c], variance[c], epsilon);
            var inverse = 1 / Math.Sqrt(variance[c] + (double)epsilon);
            var (sum, product) = skips
                ? Mask(channels, c, last, gradient, values, mean[c], δskip)
                : Sums(channels, c, gradient, values, mean[c], factor, last[c]);
            (δbias[c], δscale[c]) = ((float)sum, (float)(product * inverse));
            var forInput = (float)(-scale[c] * inverse * inverse * inverse * product / channels.Count);
            var constant = (float)(-scale[c] * inverse * sum / channels.Count);

            // An infinite bias masks nothing: the gradient is masked already.
            var bias = skips ? float.PositiveInfinity : last[c];
            for (var n = 0; n < channels.N; n++)
            {
                var at = channels.Segment(n, c);
                Combine(values + at, (skips ? δskip : gradient) + at, channels.Inner, mean[c], factor, bias, forInput, constant, δx + at);
            }
        });
    }

    // Σ δ and Σ δ·(x − mean) where the norm is positive.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double Product) Sums(Channels channels, int c, float* δz, float* x, float mean, float factor, float bias)
    {
        var (m, f, b) = (Vector512.Create(mean), Vector512.Create(factor), Vector512.Create(bias));
        var total = new LaneSums();
        for (var n = 0; n < channels.N; n++)
        {
            float* δs = δz + channels.Segment(n, c), xs = x + channels.Segment(n, c);
            var i = 0;
            for (; i <= channels.Inner - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var centred = Vector512.Load(xs + i) - m;
                var passes = Vector512.GreaterThan(Vector512.FusedMultiplyAdd(centred, f, b), Vector512<float>.Zero);
                total.Add(Vector512.ConditionalSelect(passes, Vector512.Load(δs + i), Vector512<float>.Zero), centred);
            }

            for (; i < channels.Inner; i++)
            {
                total.Add(MathF.FusedMultiplyAdd(xs[i] - mean, factor, bias) > 0 ? δs[i] : 0, xs[i] - mean);
            }

            total.EndSegment(channels.Inner);
        }

        return total.Take();
    }

    // The same where z is positive, and the masked gradient.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double Product) Mask(Channels channels, int c, float* z, float* δz, float* x, float mean, float* masked)
    {
        var m = Vector512.Create(mean);
        var total = new LaneSums();
        for (var n = 0; n < channels.N; n++)
        {
            var at = channels.Segment(n, c);
            var i = 0;
            for (; i <= channels.Inner - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var passes = Vector512.GreaterThan(Vector512.Load(z + at + i), Vector512<float>.Zero);
                var δ = Vector512.ConditionalSelect(passes, Vector512.Load(δz + at + i), Vector512<float>.Zero);
                δ.Store(masked + at + i);
                total.Add(δ, Vector512.Load(x + at + i) - m);
            }

            for (; i < channels.Inner; i++)
            {
                masked[at + i] = z[at + i] > 0 ? δz[at + i] : 0;
                total.Add(masked[at + i], x[at + i] - mean);
            }

            total.EndSegment(channels.Inner);
        }

        return total.Take();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(
        float* x, float* δz, int length, float mean, float factor, float bias, float forInput, float constant, float* δx)
    {
        var (m, f, b) = (Vector512.Create(mean), Vector512.Create(factor), Vector512.Create(bias));
        var (p, q) = (Vector512.Create(forInput), Vector512.Create(constant));
        var i = 0;
        for (; i <= length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var centred = Vector512.Load(x + i) - m;
            var passes = Vector512.GreaterThan(Vector512.FusedMultiplyAdd(centred, f, b), Vector512<float>.Zero);
            var δ = Vector512.ConditionalSelect(passes, Vector512.Load(δz + i), Vector512<float>.Zero);
            Vector512.FusedMultiplyAdd(δ, f, Vector512.FusedMultiplyAdd(centred, p, q)).Store(δx + i);
        }

        for (; i < length; i++)
        {
            var centred = x[i] - mean;
            var δ = MathF.FusedMultiplyAdd(centred, factor, bias) > 0 ? δz[i] : 0;
            δx[i] = MathF.FusedMultiplyAdd(δ, factor, MathF.FusedMultiplyAdd(centred, forInput, constant));
        }
    }
}

/// <summary>Σ a and Σ a·b: in float lanes over about a thousand numbers, in double beyond.</summary>
internal struct LaneSums
{
    private const int Flush = 1024;

    private Vector512<float> _sums, _products;
    private double _sum, _product;
    private int _since;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector512<float> a, Vector512<float> b) => (_sums, _products) = (_sums + a, Vector512.FusedMultiplyAdd(a, b, _products));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float a, float b) => (_sum, _product) = (_sum + a, _product + ((double)a * b));

    /// <param name="length">Numbers since the last segment's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndSegment(int length)
    {
        _since += length;
        if (_since >= Flush)
        {
            Take();
        }
    }

    public (double Sum, double Product) Take()
    {
        (_sum, _product) = (_sum + Vector512.Sum(_sums), _product + Vector512.Sum(_products));
        (_sums, _products, _since) = (default, default, 0);
        return (_sum, _product);
    }
}
