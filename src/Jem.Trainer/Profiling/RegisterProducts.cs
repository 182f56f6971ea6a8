using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Jem.Trainer.Profiling;

/// <summary>
/// Multiplications with additions that need nothing but registers, on the widest vectors that there are. Twelve chains do not wait for one another:
/// two units with four cycles from operand to result need eight, and the sixteen registers of AVX2 hold no more than fourteen.
/// </summary>
internal static class RegisterProducts
{
    private const int Chains = 12;

    /// <summary>Operations of a run: a multiplication and an addition are two.</summary>
    public static double Operations(int times) => 2.0 * Chains * times * MachinePeaks.VectorBits / 32;

    /// <summary>Computes on one thread.</summary>
    /// <param name="times">How often each chain goes on.</param>
    /// <returns>A number that depends on all of it.</returns>
    public static float Run(int times) => Vector512.IsHardwareAccelerated ? Run<Vector512<float>, Of512>(times)
        : Vector256.IsHardwareAccelerated ? Run<Vector256<float>, Of256>(times)
        : Run<Vector128<float>, Of128>(times);

    private interface IVectors<T>
    {
        static abstract T All(float value);

        static abstract T MultiplyAdd(T factor, T other, T added);

        static abstract float Sum(T vector);
    }

    private readonly struct Of512 : IVectors<Vector512<float>>
    {
        public static Vector512<float> All(float value) => Vector512.Create(value);

        public static Vector512<float> MultiplyAdd(Vector512<float> factor, Vector512<float> other, Vector512<float> added) =>
            Vector512.MultiplyAddEstimate(factor, other, added);

        public static float Sum(Vector512<float> vector) => Vector512.Sum(vector);
    }

    private readonly struct Of256 : IVectors<Vector256<float>>
    {
        public static Vector256<float> All(float value) => Vector256.Create(value);

        public static Vector256<float> MultiplyAdd(Vector256<float> factor, Vector256<float> other, Vector256<float> added) =>
            Vector256.MultiplyAddEstimate(factor, other, added);

        public static float Sum(Vector256<float> vector) => Vector256.Sum(vector);
    }

    private readonly struct Of128 : IVectors<Vector128<float>>
    {
        public static Vector128<float> All(float value) => Vector128.Create(value);

        public static Vector128<float> MultiplyAdd(Vector128<float> factor, Vector128<float> other, Vector128<float> added) =>
            Vector128.MultiplyAddEstimate(factor, other, added);

        public static float Sum(Vector128<float> vector) => Vector128.Sum(vector);
    }

    // a ← ½ + ½ a stays near 1: no infinities, no denormal numbers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run<T, TVectors>(int times)
        where TVectors : struct, IVectors<T>
    {
        var half = TVectors.All(0.5f);
        T a = half, b = half, c = half, d = half, e = half, f = half, g = half, h = half, i = half, j = half, k = half, l = half;
        for (var step = 0; step < times; step++)
        {
            a = TVectors.MultiplyAdd(a, half, half);
            b = TVectors.MultiplyAdd(b, half, half);
            c = TVectors.MultiplyAdd(c, half, half);
            d = TVectors.MultiplyAdd(d, half, half);
            e = TVectors.MultiplyAdd(e, half, half);
            f = TVectors.MultiplyAdd(f, half, half);
            g = TVectors.MultiplyAdd(g, half, half);
            h = TVectors.MultiplyAdd(h, half, half);
            i = TVectors.MultiplyAdd(i, half, half);
            j = TVectors.MultiplyAdd(j, half, half);
            k = TVectors.MultiplyAdd(k, half, half);
            l = TVectors.MultiplyAdd(l, half, half);
        }

        // Nothing is called while the chains are alive, or they would go through memory.
        var (left, right) = (TVectors.MultiplyAdd(a, b, TVectors.MultiplyAdd(c, d, e)), TVectors.MultiplyAdd(f, g, TVectors.MultiplyAdd(h, i, j)));
        return TVectors.Sum(TVectors.MultiplyAdd(left, right, TVectors.MultiplyAdd(k, l, half)));
    }
}
