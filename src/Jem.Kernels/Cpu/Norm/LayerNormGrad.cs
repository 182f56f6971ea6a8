using System.Numerics;
using System.Numerics.Tensors;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>
/// The gradient of ONNX's LayerNormalization over the last axis: (x, δy [...,D], scale [D]) → (δx, δscale, δbias). With x̂ the normalised row, δ = scale·δy
/// and means over the row: δx = (δ − mean δ − x̂·mean(δ·x̂))/σ. Rows are cut into slices by their number alone, whose sums are added in their order.
/// </summary>
internal sealed unsafe class LayerNormGrad(float epsilon) : IKernel
{
    private const int Slices = 64;

    public static IKernel Create(NodeAttributes attributes) => new LayerNormGrad(attributes.Float("epsilon", 1e-5f));

    public void Run(KernelContext context)
    {
        var (x, δy, scale) = (context.Input(0), context.Input(1), context.Input(2));
        x.RequireShapeOf(δy, "x", "dy");
        var width = x.Shape[^1];
        if (scale.Count != width)
        {
            throw new ArgumentException($"Input 'scale' must have {width} numbers for 'x' {x}; got {scale}.");
        }

        Compute(
            x.Count / width, width, x.Data, δy.Data, scale.Data, epsilon,
            context.Output(0, x.Shape).Data, context.Output(1, width).Data, context.Output(2, width).Data, context.ParallelFor);
    }

    public static void Compute(
        long rows, int width, float* x, float* δy, float* scale, float epsilon, float* δx, float* δscale, float* δbias, ParallelFor parallel)
    {
        var slices = (int)Math.Min(Slices, rows);
        using var scratch = Scratch.Rent(2L * slices * width);
        var sums = scratch.Data;
        parallel(slices, slice =>
        {
            Span<float> scales = new(sums + (2L * slice * width), width), biases = new(sums + (((2L * slice) + 1) * width), width);
            scales.Clear();
            biases.Clear();
            for (var row = rows * slice / slices; row < rows * (slice + 1) / slices; row++)
            {
                var at = (nint)row * width;
                Row(new(x + at, width), new(δy + at, width), new(scale, width), epsilon, new(δx + at, width), scales, biases);
            }
        });

        Span<float> allScales = new(δscale, width), allBiases = new(δbias, width);
        allScales.Clear();
        allBiases.Clear();
        for (var slice = 0L; slice < slices; slice++)
        {
            TensorPrimitives.Add(allScales, new ReadOnlySpan<float>(sums + (2 * slice * width), width), allScales);
            TensorPrimitives.Add(allBiases, new ReadOnlySpan<float>(sums + (((2 * slice) + 1) * width), width), allBiases);
        }
    }

    private static void Row(
        ReadOnlySpan<float> x, ReadOnlySpan<float> δy, ReadOnlySpan<float> scale, float epsilon, Span<float> δx, Span<float> scales, Span<float> biases)
    {
        var width = x.Length;
        var mean = TensorPrimitives.Sum(x) / width;
        TensorPrimitives.Subtract(x, mean, δx);
        var inverse = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(δx) / width) + epsilon);

        var (sum, product) = (Vector<float>.Zero, Vector<float>.Zero);
        var (tailSum, tailProduct) = (0f, 0f);
        var i = 0;
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (normal, gradient) = (new Vector<float>(δx[i..]) * inverse, new Vector<float>(δy[i..]));
            var δ = gradient * new Vector<float>(scale[i..]);
            sum += δ;
            product = Vector.MultiplyAddEstimate(δ, normal, product);
            Vector.MultiplyAddEstimate(gradient, normal, new Vector<float>(scales[i..])).CopyTo(scales[i..]);
            (gradient + new Vector<float>(biases[i..])).CopyTo(biases[i..]);
        }

        for (; i < width; i++)
        {
            var (normal, δ) = (δx[i] * inverse, δy[i] * scale[i]);
            tailSum += δ;
            tailProduct += δ * normal;
            scales[i] += δy[i] * normal;
            biases[i] += δy[i];
        }

        // (δ − mean δ − x̂·mean(δ·x̂))/σ
        var offset = (Vector.Sum(sum) + tailSum) / width;
        var slope = (Vector.Sum(product) + tailProduct) / width * inverse;
        for (i = 0; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            var δ = new Vector<float>(δy[i..]) * new Vector<float>(scale[i..]);
            ((δ - new Vector<float>(offset) - (new Vector<float>(δx[i..]) * slope)) * inverse).CopyTo(δx[i..]);
        }

        for (; i < width; i++)
        {
            δx[i] = ((δy[i] * scale[i]) - offset - (δx[i] * slope)) * inverse;
        }
    }
}
