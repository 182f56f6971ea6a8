using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>What the inner loops of the panels' products are written in.</summary>
internal static unsafe class VectorMath
{
    /// <summary>a·b + c, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc cref="Fma(Vector512{float}, Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    /// <summary>Adds a sum to the one in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Vector512<float> sum, float* to) => (Vector512.Load(to) + sum).Store(to);
}
