using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>
/// exp in float32 alone, where <see cref="Vector512.Exp(Vector512{float})"/> goes by way of float64: exp(x) = 2ᵏ·exp(r) with k the whole number nearest to
/// x/ln 2, and Taylor's polynomial of degree 7 for |r| ≤ ½·ln 2, which leaves 5·10⁻⁹ of exp(r) over. Within 2·10⁻⁷ of the result.
/// </summary>
internal static class Exponential
{
    // Beyond, results are no normal numbers of float32.
    private const float Least = -87.3f, Most = 88.3f;

    // ln 2 in two parts, of which the first times a small whole number is exact.
    private const float Ln2First = 0.693359375f, Ln2Second = -2.12194440e-4f, Log2OfE = 1.44269504f;

    /// <summary>e to the power of each number; 0 below −87.3, and what is above 88.3 counts as that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of(V x)
    {
        // In this order what is not a number stays so.
        var clamped = Vector512.MinNative(Vector512.Create(Most), Vector512.MaxNative(Vector512.Create(Least), x));
        var k = Vector512.Round(clamped * Log2OfE);
        var r = Vector512.MultiplyAddEstimate(k, Vector512.Create(-Ln2First), clamped);
        r = Vector512.MultiplyAddEstimate(k, Vector512.Create(-Ln2Second), r);
        var p = Vector512.MultiplyAddEstimate(r, Vector512.Create(1f / 5040), Vector512.Create(1f / 720));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(1f / 120));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(1f / 24));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(1f / 6));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(0.5f));
        p = Vector512.MultiplyAddEstimate(r * r, p, r) + V.One;
        var power = ((Vector512.ConvertToInt32Native(k) + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Least)), V.Zero, p * power);
    }
}
