using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// Batch norm and the ReLU behind it, with what a residual adds between them: (x [N,C,...], scale, bias [C][, skip [N,C,...]])
/// → (z = max(0, norm(x) + skip), mean [C], biased variance [C]). Channel by channel: the second pass finds x in the second cache, and neither the
/// norm nor the sum goes to memory.
/// </summary>
internal sealed unsafe class BatchNormRelu(float epsilon, bool skips) : IKernel
{
    /// <summary>Names of the kernels without and with an addition.</summary>
    public const string Plain = "BatchNormRelu", Skipping = "BatchNormAddRelu";

    public static IKernel Create(NodeAttributes attributes, bool skips) => new BatchNormRelu(attributes.Float("epsilon", 1e-5f), skips);

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

        float* scale = context.Input(1).Data, bias = context.Input(2).Data, values = x.Data, z = context.Output(0, x.Shape).Data;
        float* mean = context.Output(1, channels.C).Data, variance = context.Output(2, channels.C).Data;
        channels.ForEach(context.ParallelFor, c =>
        {
            (mean[c], var spread) = BatchNormTraining.Moments(channels, values, c);
            variance[c] = (float)spread;
            var factor = Factor(scale[c], variance[c], epsilon);
            for (var n = 0; n < channels.N; n++)
            {
                var at = channels.Segment(n, c);
                Compute(values + at, skip == null ? null : skip + at, channels.Inner, mean[c], factor, bias[c], z + at);
            }
        });
    }

    /// <summary>What the gradient takes as well, so that its mask is this output's to the last bit.</summary>
    public static float Factor(float scale, float variance, float epsilon) => (float)(scale / Math.Sqrt(variance + (double)epsilon));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute(float* x, float* skip, int length, float mean, float factor, float bias, float* z)
    {
        var (m, f, b) = (Vector512.Create(mean), Vector512.Create(factor), Vector512.Create(bias));
        var i = 0;
        for (; i <= length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i) - m, f, b);
            sum = skip == null ? sum : sum + Vector512.Load(skip + i);
            Vector512.Max(sum, Vector512<float>.Zero).Store(z + i);
        }

        for (; i < length; i++)
        {
            z[i] = Math.Max(0, MathF.FusedMultiplyAdd(x[i] - mean, factor, bias) + (skip == null ? 0 : skip[i]));
        }
    }
}
