using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>What a gradient of batch norm masks.</summary>
internal enum NormMask
{
    /// <summary>Nothing: (x, δy, scale, mean, variance) → (δx, δscale, δbias).</summary>
    None,

    /// <summary>δy where the norm is not positive, which is computed again: (x, δy, scale, mean, variance, bias) → (δx, δscale, δbias).</summary>
    Norm,

    /// <summary>δy where z is not positive: (x, δy, scale, mean, variance, z) → (δx, δscale, δbias, δskip), the last of which is what is left of δy.</summary>
    Sum,
}

/// <summary>The gradient of <see cref="CompiledBatchNorm"/>; tensors are [N,C,...] and [C].</summary>
internal sealed unsafe class CompiledBatchNormGrad(float epsilon, bool channelsLast, NormMask mask) : IKernel
{
    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var of = CompiledChannels.Of(x, channelsLast);
        x.RequireShapeOf(δy, "x", "dy");
        float* values = x.Data, δ = δy.Data, scale = context.Input(2).Data, mean = context.Input(3).Data, variance = context.Input(4).Data;
        float* bias = mask == NormMask.Norm ? context.Input(5).Data : null, z = mask == NormMask.Sum ? context.Input(5).Data : null;
        float* δx = context.Output(0, x.Shape).Data, δscale = context.Output(1, of.Channels).Data, δbias = context.Output(2, of.Channels).Data;
        float* masked = mask == NormMask.Sum ? context.Output(3, x.Shape).Data : null;

        var (call, offset, parts) = (context.Cuda, epsilon, (int)of.Grid.Y);
        using var scratch = call.Scratch(of.PartialBytes + ((nuint)(2 * of.Channels) * sizeof(float)));
        float* coefficients = (float*)scratch.Data, partial = coefficients + (2 * of.Channels);
        CompiledKernels.Launch(
            "batch_norm_grad_sums", of.Grid, call.Stream, (nint)(&values), (nint)(&δ), (nint)(&scale), (nint)(&mean), (nint)(&variance), (nint)(&bias),
            (nint)(&z), (nint)(&masked), (nint)(&partial), (nint)(&offset), (nint)(&of));
        CompiledKernels.Launch(
            "batch_norm_grad_end", (of.Grid.X, 1, 1), call.Stream, (nint)(&partial), (nint)(&scale), (nint)(&variance), (nint)(&δscale), (nint)(&δbias),
            (nint)(&coefficients), (nint)(&parts), (nint)(&offset), (nint)(&of));
        δ = masked == null ? δ : masked;
        CompiledKernels.Launch(
            "batch_norm_grad", of.Grid, call.Stream, (nint)(&values), (nint)(&δ), (nint)(&scale), (nint)(&mean), (nint)(&variance), (nint)(&bias),
            (nint)(&coefficients), (nint)(&δx), (nint)(&offset), (nint)(&of));
    }
}
