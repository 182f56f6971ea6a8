using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>x → x·Φ(x) (Hendrycks and Gimpel, arXiv:1606.08415).</summary>
internal readonly struct Gelu : IPointwiseOperator
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

/// <summary>(x, δy) → δy·(Φ(x) + x·φ(x)).</summary>
internal readonly struct GeluGrad : IPointwiseOperator
{
    private const float Density = 0.39894228f; // 1/√(2π)

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply(V x, V y) =>
        y * Vector512.MultiplyAddEstimate(x * Density, Exponential.Of(x * x * -0.5f), Gelu.Normal(x));
}
