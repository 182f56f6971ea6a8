using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// The gradient of <see cref="BatchNormTraining"/>: (x, δy [N,C,...], scale, mean, variance [C]) → (δx, δscale, δbias).
/// With x̂ the normalised input and means over the batch: δx = scale/√(variance + ε) · (δy − mean(δy) − x̂·mean(δy·x̂)).
/// </summary>
internal sealed unsafe class BatchNormGrad(float epsilon) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new BatchNormGrad(attributes.Float("epsilon", 1e-5f));

    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var channels = Channels.Of(x);
        x.RequireShapeOf(δy, "x", "dy");

        Compute(
            channels, x.Data, δy.Data, context.Input(2).Data, context.Input(3).Data, context.Input(4).Data, epsilon,
            context.Output(0, x.Shape).Data, context.Output(1, channels.C).Data, context.Output(2, channels.C).Data, context.ParallelFor);
    }

    public static void Compute(
        Channels channels, float* x, float* δy, float* scale, float* mean, float* variance, float epsilon,
        float* δx, float* δscale, float* δbias, ParallelFor parallel) => channels.ForEach(parallel, c =>
        {
            var inverse = 1 / Math.Sqrt(variance[c] + (double)epsilon);
            var (sum, product) = channels.Sums(δy, 0, x, mean[c], c);
            δbias[c] = (float)sum;
            δscale[c] = (float)(product * inverse);
            var forGradient = scale[c] * inverse;
            var forInput = -forGradient * inverse * inverse * product / channels.Count;
            var constant = -forGradient * sum / channels.Count;
            for (var n = 0; n < channels.N; n++)
            {
                var segment = channels.Segment(n, c);
                Combine(
                    x + segment, δy + segment, channels.Inner, mean[c],
                    (float)forGradient, (float)forInput, (float)constant, δx + segment);
            }
        });

    // δx = forGradient·δy + forInput·(x − mean) + constant
    private static void Combine(
        float* x, float* δy, int length, float mean, float forGradient, float forInput, float constant, float* δx)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var centred = Vector.Load(x + i) - new Vector<float>(mean);
            var inner = Vector.MultiplyAddEstimate(centred, new Vector<float>(forInput), new Vector<float>(constant));
            Vector.MultiplyAddEstimate(Vector.Load(δy + i), new Vector<float>(forGradient), inner).Store(δx + i);
        }

        for (; i < length; i++)
        {
            δx[i] = (forGradient * δy[i]) + (forInput * (x[i] - mean)) + constant;
        }
    }
}
