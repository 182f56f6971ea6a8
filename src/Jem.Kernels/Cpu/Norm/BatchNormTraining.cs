using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// Batch normalisation by the batch's own moments: (x [N,C,...], scale [C], bias [C]) → (y, mean [C], biased variance [C]);
/// y = (x − mean) / √(variance + epsilon) · scale + bias. Ioffe and Szegedy 2015, arXiv:1502.03167.
/// </summary>
internal sealed unsafe class BatchNormTraining(float epsilon) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new BatchNormTraining(attributes.Float("epsilon", 1e-5f));

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var channels = Channels.Of(x);
        Compute(
            channels, x.Data, context.Input(1).Data, context.Input(2).Data, epsilon,
            context.Output(0, x.Shape).Data, context.Output(1, channels.C).Data, context.Output(2, channels.C).Data, context.ParallelFor);
    }

    public static void Compute(
        Channels channels, float* x, float* scale, float* bias, float epsilon, float* y, float* mean, float* variance, ParallelFor parallel) =>
        channels.ForEach(parallel, c =>
        {
            (mean[c], var spread) = Moments(channels, x, c);
            variance[c] = (float)spread;
            var factor = (float)(scale[c] / Math.Sqrt(spread + epsilon));
            for (var n = 0; n < channels.N; n++)
            {
                var segment = channels.Segment(n, c);
                Normalize(x + segment, channels.Inner, mean[c], factor, bias[c], y + segment);
            }
        });

    /// <summary>A channel's mean and biased variance.</summary>
    public static (float Mean, double Variance) Moments(Channels channels, float* x, int c)
    {
        // Moments about a number near the mean: about zero, a mean far from zero would cancel the variance's digits.
        var origin = Near(channels, x, c);
        var (sum, squares) = channels.Sums(x, origin, x, origin, c);
        var offset = sum / channels.Count;
        return ((float)(origin + offset), Math.Max(0, (squares / channels.Count) - (offset * offset)));
    }

    private static float Near(Channels channels, float* x, int c)
    {
        var (first, count) = (0f, Math.Min(32, channels.Inner));
        for (var i = 0; channels.N > 0 && i < count; i++)
        {
            first += x[channels.Segment(0, c) + i] / count;
        }

        return first;
    }

    private static void Normalize(float* x, int length, float mean, float factor, float bias, float* y)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var centred = Vector.Load(x + i) - new Vector<float>(mean);
            Vector.MultiplyAddEstimate(centred, new Vector<float>(factor), new Vector<float>(bias)).Store(y + i);
        }

        for (; i < length; i++)
        {
            y[i] = ((x[i] - mean) * factor) + bias;
        }
    }
}
