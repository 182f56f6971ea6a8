using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// The gradient of <see cref="BatchNormTraining"/>: (x, dy [N,C,...], scale, mean, variance [C]) → (dx, dscale, dbias).
/// With x̂ the normalised input and means over the batch: dx = scale/√(variance + ε) · (dy − mean(dy) − x̂·mean(dy·x̂)).
/// </summary>
internal sealed unsafe class BatchNormGrad(float epsilon) : IKernel
{
    public static IKernel Create(NodeAttributes attributes) => new BatchNormGrad(attributes.Float("epsilon", 1e-5f));

    public void Run(KernelContext context)
    {
        var (x, dy) = (context.Input(0), context.Input(1));
        var channels = Channels.Of(x);
        if (!x.Shape.AsSpan().SequenceEqual(dy.Shape))
        {
            throw new ArgumentException($"Inputs 'x' and 'dy' must have one shape; got {x} and {dy}.");
        }

        Compute(
            channels, x.Data, dy.Data, context.Input(2).Data, context.Input(3).Data, context.Input(4).Data, epsilon,
            context.Output(0, x.Shape).Data, context.Output(1, channels.C).Data, context.Output(2, channels.C).Data, context.ParallelFor);
    }

    public static void Compute(
        Channels channels, float* x, float* dy, float* scale, float* mean, float* variance, float epsilon,
        float* dx, float* dscale, float* dbias, ParallelFor parallel) => channels.ForEach(parallel, c =>
        {
            var inverse = 1 / Math.Sqrt(variance[c] + (double)epsilon);
            var (sum, product) = channels.Sums(dy, 0, x, mean[c], c);
            dbias[c] = (float)sum;
            dscale[c] = (float)(product * inverse);
            var forGradient = scale[c] * inverse;
            var forInput = -forGradient * inverse * inverse * product / channels.Count;
            var constant = -forGradient * sum / channels.Count;
            for (var n = 0; n < channels.N; n++)
            {
                var segment = channels.Segment(n, c);
                Combine(
                    x + segment, dy + segment, channels.Inner, mean[c],
                    (float)forGradient, (float)forInput, (float)constant, dx + segment);
            }
        });

    // dx = forGradient·dy + forInput·(x − mean) + constant
    private static void Combine(
        float* x, float* dy, int length, float mean, float forGradient, float forInput, float constant, float* dx)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var centred = Vector.Load(x + i) - new Vector<float>(mean);
            var inner = Vector.MultiplyAddEstimate(centred, new Vector<float>(forInput), new Vector<float>(constant));
            Vector.MultiplyAddEstimate(Vector.Load(dy + i), new Vector<float>(forGradient), inner).Store(dx + i);
        }

        for (; i < length; i++)
        {
            dx[i] = (forGradient * dy[i]) + (forInput * (x[i] - mean)) + constant;
        }
    }
}
