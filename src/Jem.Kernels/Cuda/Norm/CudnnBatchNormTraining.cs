using Jem.Kernels.Cpu;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Norm;

/// <summary>Batch normalisation by cuDNN: (x [N,C,...], scale [C], bias [C]) → (y, mean [C], biased variance [C]).</summary>
internal sealed unsafe class CudnnBatchNormTraining(float epsilon) : CudnnBatchNorm
{
    public override void Run(KernelContext context)
    {
        var x = context.Input(0);
        var channels = Channels.Of(x);
        if (channels.Count < 2)
        {
            throw new ArgumentException($"Input 'x' {x} has one number in a channel, which has no variance. Take a larger batch.");
        }

        var (call, (describedX, perChannel)) = (context.Cuda, Describe(channels));
        var (y, mean, variance) = (context.Output(0, x.Shape), context.Output(1, channels.C), context.Output(2, channels.C));
        var bytes = (nuint)channels.C * sizeof(float);
        CudaRuntime.Clear(mean.Data, bytes, call.Stream);
        CudaRuntime.Clear(variance.Data, bytes, call.Stream);
        Cudnn.NormalizeBatch(
            call.Cudnn, describedX, x.Data, y.Data, perChannel, context.Input(1).Data, context.Input(2).Data, epsilon, mean.Data, variance.Data);

        // cuDNN's is unbiased.
        Cudnn.Scale(call.Cudnn, perChannel, variance.Data, (float)((channels.Count - 1.0) / channels.Count));
    }
}
