using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector256<float>;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// The tiles of <see cref="RegisterTiles"/> for processors without vectors of 512 bits: 4 rows × 16 columns in 8 vectors of 256 bits, of which AVX2 has
/// 16 and ARM64 room for as many. Each sum is added up in the same order, so the bits are the same.
/// </summary>
internal static unsafe class HalfTiles
{
    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>Whether these are faster than tiles of vectors that take several registers each.</summary>
    public static bool AreFaster => !Vector512.IsHardwareAccelerated;

    /// <summary>out[r] (+)= Σ_c a[r][c]·b[c] for 4 rows and 16 columns.</summary>
    /// <param name="a">The first of the rows in [blocks][8 rows][16 c].</param>
    /// <param name="b">[16·blocks][16 columns].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsBy16(float* a, float* b, int blocks, float* sums, bool add, nint step)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        for (var block = 0; block < blocks; block++, a += (RegisterTiles.Rows - 1) * Lanes)
        {
            for (var end = a + Lanes; a < end; a++, b += Lanes)
            {
                V v = Vector256.Load(b), w = Vector256.Load(b + 8), g;
                g = Vector256.Create(a[0]);
                (s0, t0) = (Fma(g, v, s0), Fma(g, w, t0));
                g = Vector256.Create(a[16]);
                (s1, t1) = (Fma(g, v, s1), Fma(g, w, t1));
                g = Vector256.Create(a[32]);
                (s2, t2) = (Fma(g, v, s2), Fma(g, w, t2));
                g = Vector256.Create(a[48]);
                (s3, t3) = (Fma(g, v, s3), Fma(g, w, t3));
            }
        }

        Store(sums, s0, s1, s2, s3, add, step);
        Store(sums + 8, t0, t1, t2, t3, add, step);
    }

    /// <summary>out[r] (+)= Σ_c a[r][c]·b[c] for 4 rows that lie apart and 16 columns.</summary>
    /// <param name="aStep">From a row of <paramref name="a"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsApartBy16(float* a, nint aStep, float* b, int length, float* sums, bool add, nint step)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        nint aStep2 = 2 * aStep, aStep3 = 3 * aStep;
        for (var end = a + length; a < end; a++, b += Lanes)
        {
            V v = Vector256.Load(b), w = Vector256.Load(b + 8), g;
            g = Vector256.Create(a[0]);
            (s0, t0) = (Fma(g, v, s0), Fma(g, w, t0));
            g = Vector256.Create(a[aStep]);
            (s1, t1) = (Fma(g, v, s1), Fma(g, w, t1));
            g = Vector256.Create(a[aStep2]);
            (s2, t2) = (Fma(g, v, s2), Fma(g, w, t2));
            g = Vector256.Create(a[aStep3]);
            (s3, t3) = (Fma(g, v, s3), Fma(g, w, t3));
        }

        Store(sums, s0, s1, s2, s3, add, step);
        Store(sums + 8, t0, t1, t2, t3, add, step);
    }

    /// <summary>out[r] (+)= Σ_t a[t][r]·b[t] for 4 rows and 16 columns.</summary>
    /// <param name="a">[length][16], of which the first 4 are taken.</param>
    /// <param name="b">[length][16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ColumnsBy16(float* a, float* b, int length, float* sums, bool add, nint step)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        for (var end = a + (length * Lanes); a < end; a += Lanes, b += Lanes)
        {
            V v = Vector256.Load(b), w = Vector256.Load(b + 8), g;
            g = Vector256.Create(a[0]);
            (s0, t0) = (Fma(g, v, s0), Fma(g, w, t0));
            g = Vector256.Create(a[1]);
            (s1, t1) = (Fma(g, v, s1), Fma(g, w, t1));
            g = Vector256.Create(a[2]);
            (s2, t2) = (Fma(g, v, s2), Fma(g, w, t2));
            g = Vector256.Create(a[3]);
            (s3, t3) = (Fma(g, v, s3), Fma(g, w, t3));
        }

        Store(sums, s0, s1, s2, s3, add, step);
        Store(sums + 8, t0, t1, t2, t3, add, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, V s0, V s1, V s2, V s3, bool add, nint step)
    {
        if (add)
        {
            (s0, s1) = (s0 + Vector256.Load(to), s1 + Vector256.Load(to + step));
            (s2, s3) = (s2 + Vector256.Load(to + (2 * step)), s3 + Vector256.Load(to + (3 * step)));
        }

        s0.Store(to);
        s1.Store(to + step);
        s2.Store(to + (2 * step));
        s3.Store(to + (3 * step));
    }
}
