using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>Products of matrices whose columns are positions side by side, as images have them, with sums in registers.</summary>
internal static unsafe class PositionProducts
{
    /// <summary>Rows and positions of <see cref="Multiply"/>.</summary>
    public const int Rows = 8, Positions = 32;

    /// <summary>Rows of the first and of the second operand of <see cref="Correlate"/>.</summary>
    public const int First = 3, Second = 8;

    /// <summary>Of a sum of <see cref="Correlate"/>.</summary>
    public const int Parts = 4;

    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>y[r][p] = Σ_k a[k][r]·x[k][p] for 8 rows and 32 positions.</summary>
    /// <param name="a">[length][8].</param>
    /// <param name="step">From a row of <paramref name="x"/> to the next, as <paramref name="yStep"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, float* x, nint step, int length, float* y, nint yStep)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        V t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        for (var end = a + (length * Rows); a < end; a += Rows, x += step)
        {
            V v = Vector512.Load(x), w = Vector512.Load(x + Lanes), g;
            g = Vector512.Create(a[0]);
            (s0, t0) = (Fma(g, v, s0), Fma(g, w, t0));
            g = Vector512.Create(a[1]);
            (s1, t1) = (Fma(g, v, s1), Fma(g, w, t1));
            g = Vector512.Create(a[2]);
            (s2, t2) = (Fma(g, v, s2), Fma(g, w, t2));
            g = Vector512.Create(a[3]);
            (s3, t3) = (Fma(g, v, s3), Fma(g, w, t3));
            g = Vector512.Create(a[4]);
            (s4, t4) = (Fma(g, v, s4), Fma(g, w, t4));
            g = Vector512.Create(a[5]);
            (s5, t5) = (Fma(g, v, s5), Fma(g, w, t5));
            g = Vector512.Create(a[6]);
            (s6, t6) = (Fma(g, v, s6), Fma(g, w, t6));
            g = Vector512.Create(a[7]);
            (s7, t7) = (Fma(g, v, s7), Fma(g, w, t7));
        }

        Store(s0, t0, y);
        Store(s1, t1, y + yStep);
        Store(s2, t2, y + (2 * yStep));
        Store(s3, t3, y + (3 * yStep));
        Store(s4, t4, y + (4 * yStep));
        Store(s5, t5, y + (5 * yStep));
        Store(s6, t6, y + (6 * yStep));
        Store(s7, t7, y + (7 * yStep));
    }

    /// <summary>sums[j][i] += Σ_p b[j][p]·a[i][p] for 3 rows i and 8 rows j, each sum in 4 parts, by the position modulo 4.</summary>
    /// <param name="step">From a row to the next, of both operands.</param>
    /// <param name="count">Positions, a multiple of 16.</param>
    /// <param name="sums">[8][3][4].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Correlate(float* a, float* b, nint step, int count, float* sums)
    {
        V r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default;
        V s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        V t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        nint step2 = 2 * step, step3 = 3 * step, step4 = 4 * step;
        for (var end = a + count; a < end; a += Lanes, b += Lanes)
        {
            V u = Vector512.Load(a), v = Vector512.Load(a + step), w = Vector512.Load(a + step2), g;
            var c = b + step4;
            g = Vector512.Load(b);
            (r0, s0, t0) = (Fma(g, u, r0), Fma(g, v, s0), Fma(g, w, t0));
            g = Vector512.Load(b + step);
            (r1, s1, t1) = (Fma(g, u, r1), Fma(g, v, s1), Fma(g, w, t1));
            g = Vector512.Load(b + step2);
            (r2, s2, t2) = (Fma(g, u, r2), Fma(g, v, s2), Fma(g, w, t2));
            g = Vector512.Load(b + step3);
            (r3, s3, t3) = (Fma(g, u, r3), Fma(g, v, s3), Fma(g, w, t3));
            g = Vector512.Load(c);
            (r4, s4, t4) = (Fma(g, u, r4), Fma(g, v, s4), Fma(g, w, t4));
            g = Vector512.Load(c + step);
            (r5, s5, t5) = (Fma(g, u, r5), Fma(g, v, s5), Fma(g, w, t5));
            g = Vector512.Load(c + step2);
            (r6, s6, t6) = (Fma(g, u, r6), Fma(g, v, s6), Fma(g, w, t6));
            g = Vector512.Load(c + step3);
            (r7, s7, t7) = (Fma(g, u, r7), Fma(g, v, s7), Fma(g, w, t7));
        }

        Add(r0, s0, t0, sums);
        Add(r1, s1, t1, sums + (3 * Parts));
        Add(r2, s2, t2, sums + (6 * Parts));
        Add(r3, s3, t3, sums + (9 * Parts));
        Add(r4, s4, t4, sums + (12 * Parts));
        Add(r5, s5, t5, sums + (15 * Parts));
        Add(r6, s6, t6, sums + (18 * Parts));
        Add(r7, s7, t7, sums + (21 * Parts));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V s, V t, float* y)
    {
        s.Store(y);
        t.Store(y + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(V r, V s, V t, float* sums)
    {
        Add(r, sums);
        Add(s, sums + Parts);
        Add(t, sums + (2 * Parts));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(V v, float* parts)
    {
        var eight = v.GetLower() + v.GetUpper();
        (eight.GetLower() + eight.GetUpper() + Vector128.Load(parts)).Store(parts);
    }
}
