using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>
/// The gradient of ONNX's LayerNormalization over the last axis: (x, δy [...,D], scale [D]) → (δx, δscale, δbias). The sums over rows are taken slice
/// by slice, and added in their order.
/// </summary>
internal sealed unsafe class CompiledLayerNormGrad(float epsilon) : IKernel
{
    // The columns are a block's of layer_norm_sums.
    private const int Columns = 32, MostSlices = 64, RowsOfSlice = 32;

    public void Run(KernelContext context)
    {
        var (x, δy, scale) = (context.Input(0), context.Input(1), context.Input(2));
        x.RequireShapeOf(δy, "x", "dy");
        var rows = CompiledRows.Of(x);
        if (scale.Count != rows.Width)
        {
            throw new ArgumentException($"Input 'scale' must have {rows.Width} numbers for 'x' {x}; got {scale}.");
        }

        var (δx, δscale, δbias) = (context.Output(0, x.Shape), context.Output(1, rows.Width), context.Output(2, rows.Width));
        var (count, width, slices, stream) = (rows.Count, rows.Width, (int)Math.Clamp(rows.Count / RowsOfSlice, 1, MostSlices), context.Cuda.Stream);
        using var scratch = context.Cuda.Scratch((nuint)((2 * count) + (2L * slices * width)) * sizeof(float));
        float* input = x.Data, gradient = δy.Data, factors = scale.Data, output = δx.Data, scales = δscale.Data, biases = δbias.Data;
        float* means = (float*)scratch.Data, inverses = means + count, sums = inverses + count;
        var offset = epsilon;
        rows.Run(
            "layer_norm_grad", stream,
            (nint)(&input), (nint)(&gradient), (nint)(&factors), (nint)(&offset), (nint)(&output), (nint)(&means), (nint)(&inverses));
        CompiledKernels.Launch(
            "layer_norm_sums", ((uint)((width + Columns - 1) / Columns), (uint)slices, 1), stream,
            (nint)(&input), (nint)(&gradient), (nint)(&means), (nint)(&inverses), (nint)(&sums), (nint)(&width), (nint)(&count));
        CompiledKernels.Run("layer_norm_parameters", width, stream, (nint)(&sums), (nint)(&scales), (nint)(&biases), (nint)(&slices));
    }
}
