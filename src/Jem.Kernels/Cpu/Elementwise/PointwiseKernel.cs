using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>An operator on numbers of one place each, of one or two operands, on 16 places at once.</summary>
internal interface IPointwiseOperator
{
    /// <param name="y">Of an operator of one operand, x once more.</param>
    static abstract V Apply(V x, V y);
}

/// <summary>An operator on tensors of one shape, in one pass over memory.</summary>
/// <param name="inputs">1 or 2.</param>
internal sealed unsafe class PointwiseKernel<TOperator>(int inputs) : IKernel where TOperator : struct, IPointwiseOperator
{
    private const int TaskSize = 1 << 14;

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var y = inputs > 1 ? context.Input(1) : x;
        x.RequireShapeOf(y, "x", "y");
        Compute(x.Count, x.Data, y.Data, context.Output(0, x.Shape).Data, context.ParallelFor);
    }

    public static void Compute(long count, float* x, float* y, float* result, ParallelFor parallel) =>
        parallel((int)((count + TaskSize - 1) / TaskSize), task =>
        {
            var start = (nint)task * TaskSize;
            Apply((int)Math.Min(TaskSize, count - start), x + start, y + start, result + start);
        });

    /// <summary>On one thread. What is left behind whole vectors goes through one that is not full.</summary>
    /// <param name="result">May be one of the operands.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(int count, float* x, float* y, float* result)
    {
        var i = 0;
        for (; i <= count - V.Count; i += V.Count)
        {
            TOperator.Apply(Vector512.Load(x + i), Vector512.Load(y + i)).Store(result + i);
        }

        if (i < count)
        {
            var rest = stackalloc float[3 * V.Count];
            new Span<float>(rest, 3 * V.Count).Clear();
            new Span<float>(x + i, count - i).CopyTo(new Span<float>(rest, V.Count));
            new Span<float>(y + i, count - i).CopyTo(new Span<float>(rest + V.Count, V.Count));
            TOperator.Apply(Vector512.Load(rest), Vector512.Load(rest + V.Count)).Store(rest + (2 * V.Count));
            new Span<float>(rest + (2 * V.Count), count - i).CopyTo(new Span<float>(result + i, count - i));
        }
    }
}
