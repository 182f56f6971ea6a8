using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>(x, y) → sign(x)·y: with a ReLU's output for x, its gradient.</summary>
internal readonly struct SignMul : IPointwiseOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply(V x, V y)
    {
        var negative = Vector512.ConditionalSelect(Vector512.LessThan(x, V.Zero), -V.One, V.Zero);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, V.Zero), V.One, negative) * y;
    }
}
