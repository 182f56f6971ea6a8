using Jem.Kernels.Cpu;
using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Norm;

/// <summary>The gradient of batch norm by cuDNN: (x, δy [N,C,...], scale, mean, variance [C]) → (δx, δscale, δbias).</summary>
internal sealed unsafe class CudnnBatchNormGrad(float epsilon) : CudnnBatchNorm
{
    public override void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var channels = Channels.Of(x);
        x.RequireShapeOf(δy, "x", "dy");

        var (call, (describedX, perChannel)) = (context.Cuda, Describe(channels));
        var (scale, mean, variance) = (context.Input(2), context.Input(3), context.Input(4));
        var (δx, δscale, δbias) = (context.Output(0, x.Shape), context.Output(1, channels.C), context.Output(2, channels.C));
        call.WithScratch((nuint)channels.C * sizeof(float), scratch =>
        {
            float* from = variance.Data, inverse = (float*)scratch;
            var offset = epsilon;
            CompiledKernels.Run("inverse_deviation", channels.C, call.Stream, (nint)(&from), (nint)(&offset), (nint)(&inverse));
            Cudnn.NormalizeBatchBackward(
                call.Cudnn, describedX, x.Data, δy.Data, δx.Data, perChannel, scale.Data, δscale.Data, δbias.Data, epsilon, mean.Data, inverse);
        });
    }
}
