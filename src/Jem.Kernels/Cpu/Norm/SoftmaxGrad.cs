using System.Numerics.Tensors;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Norm;

/// <summary>The gradient of a softmax over the last axis, from its result: (y, δy [...,D]) → δx = y·(δy − ⟨δy, y⟩).</summary>
internal sealed unsafe class SoftmaxGrad : IKernel
{
    private const int NumbersPerTask = 1 << 13;

    public static IKernel Create(NodeAttributes attributes) => new SoftmaxGrad();

    public void Run(KernelContext context)
    {
        var (y, δy) = (context.Input(0), context.Input(1));
        y.RequireShapeOf(δy, "y", "dy");
        Compute(y.Count / y.Shape[^1], y.Shape[^1], y.Data, δy.Data, context.Output(0, y.Shape).Data, context.ParallelFor);
    }

    public static void Compute(long rows, int width, float* y, float* δy, float* δx, ParallelFor parallel)
    {
        var rowsPerTask = Math.Max(1, NumbersPerTask / width);
        parallel((int)((rows + rowsPerTask - 1) / rowsPerTask), task =>
        {
            for (var row = (long)task * rowsPerTask; row < Math.Min(rows, (task + 1L) * rowsPerTask); row++)
            {
                ReadOnlySpan<float> result = new(y + (row * width), width), gradient = new(δy + (row * width), width);
                var target = new Span<float>(δx + (row * width), width);
                TensorPrimitives.Subtract(gradient, TensorPrimitives.Dot(result, gradient), target);
                TensorPrimitives.Multiply(target, result, target);
            }
        });
    }
}
