using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Interop;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>x → x·Φ(x) (Hendrycks and Gimpel, arXiv:1606.08415), and its gradient (x, δy) → δy·(Φ(x) + x·φ(x)), each in one pass.</summary>
internal sealed unsafe class Gelu<TOperator>(int inputs) : IKernel where TOperator : struct, IVectorOperator
{
    private const int TaskSize = 1 << 14;

    public void Run(KernelContext context)
    {
        var x = context.Input(0);
        var second = inputs > 1 ? context.Input(1) : x;
        x.RequireShapeOf(second, "x", "dy");
        var result = context.Output(0, x.Shape);
        context.ParallelFor((int)((x.Count + TaskSize - 1) / TaskSize), task =>
        {
            var start = (nint)task * TaskSize;
            VectorLoop.Run<TOperator>(x.Data + start, second.Data + start, result.Data + start, (int)Math.Min(TaskSize, x.Count - start));
        });
    }
}

/// <summary>x·Φ(x).</summary>
internal readonly struct GeluOperator : IVectorOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply(V x, V y) => x * Normal(x);

    /// <summary>Φ: half of erfc(|x|/√2), or what is missing from it to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Normal(V x)
    {
        var tail = ErrorFunction.Complement(Vector512.Abs(x) * 0.70710678f) * 0.5f;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, V.Zero), tail, Vector512.Create(1f) - tail);
    }
}

/// <summary>δy·(Φ(x) + x·φ(x)).</summary>
internal readonly struct GeluGradOperator : IVectorOperator
{
    private const float Density = 0.39894228f; // 1/√(2π)

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply(V x, V y) =>
        y * Vector512.MultiplyAddEstimate(x * Density, Vector512.Exp(x * x * -0.5f), GeluOperator.Normal(x));
}
