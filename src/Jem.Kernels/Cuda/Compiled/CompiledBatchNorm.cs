using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>
/// Batch norm by the batch's own moments, perhaps with the ReLU behind it, and with what a residual adds between them:
/// (x [N,C,...], scale, bias [C][, skip [N,C,...]]) → (y, mean [C], biased variance [C]).
/// </summary>
internal sealed unsafe class CompiledBatchNorm(float epsilon, bool channelsLast, bool relu, bool skips) : IKernel
{
    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var of = CompiledChannels.Of(x, channelsLast);
        if (of.Rows < 2)
        {
            throw new ArgumentException($"Input 'x' {x} has one number in a channel, which has no variance. Take a larger batch.");
        }

        if (skips)
        {
            x.RequireShapeOf(context.Input(3), "x", "skip");
        }

        var (call, parts, rectified, offset) = (context.Cuda, (int)of.Grid.Y, relu ? 1 : 0, epsilon);
        float* values = x.Data, scale = context.Input(1).Data, bias = context.Input(2).Data, skip = skips ? context.Input(3).Data : null;
        float* y = context.Output(0, x.Shape).Data, mean = context.Output(1, of.Channels).Data, variance = context.Output(2, of.Channels).Data;
        using var scratch = call.Scratch(of.PartialBytes);
        var partial = (float*)scratch.Data;
        CompiledKernels.Launch("batch_moments", of.Grid, call.Stream, (nint)(&values), (nint)(&partial), (nint)(&of));
        CompiledKernels.Launch(
            "batch_moments_end", (of.Grid.X, 1, 1), call.Stream, (nint)(&values), (nint)(&partial), (nint)(&mean), (nint)(&variance), (nint)(&parts),
            (nint)(&of));
        CompiledKernels.Launch(
            "batch_norm", of.Grid, call.Stream, (nint)(&values), (nint)(&scale), (nint)(&bias), (nint)(&mean), (nint)(&variance), (nint)(&skip), (nint)(&y),
            (nint)(&rectified), (nint)(&offset), (nint)(&of));
    }
}
