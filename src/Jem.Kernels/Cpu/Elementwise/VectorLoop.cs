using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>An operator on numbers of one place each, of one or two operands, on 16 places at once.</summary>
internal interface IVectorOperator
{
    static abstract V Apply(V x, V y);
}

/// <summary>Applies an operator to all numbers: what is left behind whole vectors goes through one that is not full.</summary>
internal static unsafe class VectorLoop
{
    /// <param name="result">May be one of the operands.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperator>(float* x, float* y, float* result, int count) where TOperator : struct, IVectorOperator
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
