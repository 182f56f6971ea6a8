using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// <see cref="ChannelProducts"/> for windows of seven columns that lie side by side: 22 numbers are loaded for 56 products, where otherwise a core
/// waits for its loads.
/// </summary>
internal static unsafe class SevenTaps
{
    public const int Taps = 7;

    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>y[i] = start + Σ_t f[taps[t]]·x[places[t] + i] for 8 adjacent positions i.</summary>
    /// <param name="places">Seven adjacent ones, and others after them; numbers from <paramref name="x"/>.</param>
    /// <param name="count">A multiple of seven.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve(float* x, float* f, int* places, int* taps, int count, V start, float* y)
    {
        V s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start, s6 = start, s7 = start, v;
        for (var end = places + count; places < end; places += Taps, taps += Taps)
        {
            var p = x + *places;
            V f0 = Vector512.Load(f + taps[0]), f1 = Vector512.Load(f + taps[1]), f2 = Vector512.Load(f + taps[2]), f3 = Vector512.Load(f + taps[3]);
            V f4 = Vector512.Load(f + taps[4]), f5 = Vector512.Load(f + taps[5]), f6 = Vector512.Load(f + taps[6]);
            v = Vector512.Load(p);
            s0 = Fma(f0, v, s0);
            v = Vector512.Load(p + Lanes);
            (s0, s1) = (Fma(f1, v, s0), Fma(f0, v, s1));
            v = Vector512.Load(p + (2 * Lanes));
            (s0, s1, s2) = (Fma(f2, v, s0), Fma(f1, v, s1), Fma(f0, v, s2));
            v = Vector512.Load(p + (3 * Lanes));
            (s0, s1, s2, s3) = (Fma(f3, v, s0), Fma(f2, v, s1), Fma(f1, v, s2), Fma(f0, v, s3));
            v = Vector512.Load(p + (4 * Lanes));
            (s0, s1, s2, s3) = (Fma(f4, v, s0), Fma(f3, v, s1), Fma(f2, v, s2), Fma(f1, v, s3));
            s4 = Fma(f0, v, s4);
            v = Vector512.Load(p + (5 * Lanes));
            (s0, s1, s2, s3) = (Fma(f5, v, s0), Fma(f4, v, s1), Fma(f3, v, s2), Fma(f2, v, s3));
            (s4, s5) = (Fma(f1, v, s4), Fma(f0, v, s5));
            v = Vector512.Load(p + (6 * Lanes));
            (s0, s1, s2, s3) = (Fma(f6, v, s0), Fma(f5, v, s1), Fma(f4, v, s2), Fma(f3, v, s3));
            (s4, s5, s6) = (Fma(f2, v, s4), Fma(f1, v, s5), Fma(f0, v, s6));
            v = Vector512.Load(p + (7 * Lanes));
            (s1, s2, s3, s4) = (Fma(f6, v, s1), Fma(f5, v, s2), Fma(f4, v, s3), Fma(f3, v, s4));
            (s5, s6, s7) = (Fma(f2, v, s5), Fma(f1, v, s6), Fma(f0, v, s7));
            v = Vector512.Load(p + (8 * Lanes));
            (s2, s3, s4, s5) = (Fma(f6, v, s2), Fma(f5, v, s3), Fma(f4, v, s4), Fma(f3, v, s5));
            (s6, s7) = (Fma(f2, v, s6), Fma(f1, v, s7));
            v = Vector512.Load(p + (9 * Lanes));
            (s3, s4, s5, s6) = (Fma(f6, v, s3), Fma(f5, v, s4), Fma(f4, v, s5), Fma(f3, v, s6));
            s7 = Fma(f2, v, s7);
            v = Vector512.Load(p + (10 * Lanes));
            (s4, s5, s6, s7) = (Fma(f6, v, s4), Fma(f5, v, s5), Fma(f4, v, s6), Fma(f3, v, s7));
            v = Vector512.Load(p + (11 * Lanes));
            (s5, s6, s7) = (Fma(f6, v, s5), Fma(f5, v, s6), Fma(f4, v, s7));
            v = Vector512.Load(p + (12 * Lanes));
            (s6, s7) = (Fma(f6, v, s6), Fma(f5, v, s7));
            v = Vector512.Load(p + (13 * Lanes));
            s7 = Fma(f6, v, s7);
        }

        s0.Store(y);
        s1.Store(y + Lanes);
        s2.Store(y + (2 * Lanes));
        s3.Store(y + (3 * Lanes));
        s4.Store(y + (4 * Lanes));
        s5.Store(y + (5 * Lanes));
        s6.Store(y + (6 * Lanes));
        s7.Store(y + (7 * Lanes));
    }

    /// <summary>sums[taps[t]] += Σ_i g[i]·x[places[0] + t + i] for 7 adjacent taps t.</summary>
    /// <param name="count">Positions, a multiple of eight.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Correlate(float* x, float* g, int count, int* places, int* taps, float* sums)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, v;
        var p = x + *places;
        for (var end = g + (count * Lanes); g < end; g += 8 * Lanes, p += 8 * Lanes)
        {
            V g0 = Vector512.Load(g), g1 = Vector512.Load(g + Lanes), g2 = Vector512.Load(g + (2 * Lanes)), g3 = Vector512.Load(g + (3 * Lanes));
            V g4 = Vector512.Load(g + (4 * Lanes)), g5 = Vector512.Load(g + (5 * Lanes)), g6 = Vector512.Load(g + (6 * Lanes));
            var g7 = Vector512.Load(g + (7 * Lanes));
            v = Vector512.Load(p);
            s0 = Fma(g0, v, s0);
            v = Vector512.Load(p + Lanes);
            (s0, s1) = (Fma(g1, v, s0), Fma(g0, v, s1));
            v = Vector512.Load(p + (2 * Lanes));
            (s0, s1, s2) = (Fma(g2, v, s0), Fma(g1, v, s1), Fma(g0, v, s2));
            v = Vector512.Load(p + (3 * Lanes));
            (s0, s1, s2, s3) = (Fma(g3, v, s0), Fma(g2, v, s1), Fma(g1, v, s2), Fma(g0, v, s3));
            v = Vector512.Load(p + (4 * Lanes));
            (s0, s1, s2, s3) = (Fma(g4, v, s0), Fma(g3, v, s1), Fma(g2, v, s2), Fma(g1, v, s3));
            s4 = Fma(g0, v, s4);
            v = Vector512.Load(p + (5 * Lanes));
            (s0, s1, s2, s3) = (Fma(g5, v, s0), Fma(g4, v, s1), Fma(g3, v, s2), Fma(g2, v, s3));
            (s4, s5) = (Fma(g1, v, s4), Fma(g0, v, s5));
            v = Vector512.Load(p + (6 * Lanes));
            (s0, s1, s2, s3) = (Fma(g6, v, s0), Fma(g5, v, s1), Fma(g4, v, s2), Fma(g3, v, s3));
            (s4, s5, s6) = (Fma(g2, v, s4), Fma(g1, v, s5), Fma(g0, v, s6));
            v = Vector512.Load(p + (7 * Lanes));
            (s0, s1, s2, s3) = (Fma(g7, v, s0), Fma(g6, v, s1), Fma(g5, v, s2), Fma(g4, v, s3));
            (s4, s5, s6) = (Fma(g3, v, s4), Fma(g2, v, s5), Fma(g1, v, s6));
            v = Vector512.Load(p + (8 * Lanes));
            (s1, s2, s3, s4) = (Fma(g7, v, s1), Fma(g6, v, s2), Fma(g5, v, s3), Fma(g4, v, s4));
            (s5, s6) = (Fma(g3, v, s5), Fma(g2, v, s6));
            v = Vector512.Load(p + (9 * Lanes));
            (s2, s3, s4, s5) = (Fma(g7, v, s2), Fma(g6, v, s3), Fma(g5, v, s4), Fma(g4, v, s5));
            s6 = Fma(g3, v, s6);
            v = Vector512.Load(p + (10 * Lanes));
            (s3, s4, s5, s6) = (Fma(g7, v, s3), Fma(g6, v, s4), Fma(g5, v, s5), Fma(g4, v, s6));
            v = Vector512.Load(p + (11 * Lanes));
            (s4, s5, s6) = (Fma(g7, v, s4), Fma(g6, v, s5), Fma(g5, v, s6));
            v = Vector512.Load(p + (12 * Lanes));
            (s5, s6) = (Fma(g7, v, s5), Fma(g6, v, s6));
            v = Vector512.Load(p + (13 * Lanes));
            s6 = Fma(g7, v, s6);
        }

        Add(s0, sums + taps[0]);
        Add(s1, sums + taps[1]);
        Add(s2, sums + taps[2]);
        Add(s3, sums + taps[3]);
        Add(s4, sums + taps[4]);
        Add(s5, sums + taps[5]);
        Add(s6, sums + taps[6]);
    }
}
