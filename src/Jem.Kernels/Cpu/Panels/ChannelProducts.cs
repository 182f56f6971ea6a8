using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Jem.Kernels.Cpu.Panels.VectorMath;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// Sums of products of vectors of 16 channels, lane by lane. Eight sums stay in registers: as many as the multipliers of a core need to be busy,
/// with nine numbers loaded for eight products.
/// </summary>
internal static unsafe class ChannelProducts
{
    public const int Sums = 8;

    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>y[i] = start + Σ_t f[taps[t]]·x[places[t] + i·step] for 8 positions i.</summary>
    /// <param name="places">Numbers from <paramref name="x"/>, as <paramref name="taps"/> from <paramref name="f"/>.</param>
    /// <param name="kept">The first positions that are written; all eight are read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve(float* x, nint step, float* f, int* places, int* taps, int count, V start, float* y, nint yStep, int kept)
    {
        V s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start, s6 = start, s7 = start;
        nint step2 = 2 * step, step3 = 3 * step, step4 = 4 * step;
        for (var end = places + count; places < end; places++, taps++)
        {
            var p = x + *places;
            var q = p + step4;
            var v = Vector512.Load(f + *taps);
            s0 = Fma(v, Vector512.Load(p), s0);
            s1 = Fma(v, Vector512.Load(p + step), s1);
            s2 = Fma(v, Vector512.Load(p + step2), s2);
            s3 = Fma(v, Vector512.Load(p + step3), s3);
            s4 = Fma(v, Vector512.Load(q), s4);
            s5 = Fma(v, Vector512.Load(q + step), s5);
            s6 = Fma(v, Vector512.Load(q + step2), s6);
            s7 = Fma(v, Vector512.Load(q + step3), s7);
        }

        if (kept == Sums)
        {
            s0.Store(y);
            s1.Store(y + yStep);
            s2.Store(y + (2 * yStep));
            s3.Store(y + (3 * yStep));
            s4.Store(y + (4 * yStep));
            s5.Store(y + (5 * yStep));
            s6.Store(y + (6 * yStep));
            s7.Store(y + (7 * yStep));
            return;
        }

        var sums = stackalloc V[Sums] { s0, s1, s2, s3, s4, s5, s6, s7 };
        for (var i = 0; i < kept; i++)
        {
            sums[i].Store(y + (i * yStep));
        }
    }

    /// <summary>sums[taps[t]] += Σ_i g[i·gStep]·x[places[t] + i·step] for 8 taps t.</summary>
    /// <param name="places">Numbers from <paramref name="x"/>, as <paramref name="taps"/> from <paramref name="sums"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Correlate(float* x, nint step, float* g, nint gStep, int count, int* places, int* taps, float* sums)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        nint p0 = places[0], p1 = places[1], p2 = places[2], p3 = places[3], p4 = places[4], p5 = places[5], p6 = places[6], p7 = places[7];
        for (var i = 0; i < count; i++, x += step, g += gStep)
        {
            var v = Vector512.Load(g);
            s0 = Fma(v, Vector512.Load(x + p0), s0);
            s1 = Fma(v, Vector512.Load(x + p1), s1);
            s2 = Fma(v, Vector512.Load(x + p2), s2);
            s3 = Fma(v, Vector512.Load(x + p3), s3);
            s4 = Fma(v, Vector512.Load(x + p4), s4);
            s5 = Fma(v, Vector512.Load(x + p5), s5);
            s6 = Fma(v, Vector512.Load(x + p6), s6);
            s7 = Fma(v, Vector512.Load(x + p7), s7);
        }

        Add(s0, sums + taps[0]);
        Add(s1, sums + taps[1]);
        Add(s2, sums + taps[2]);
        Add(s3, sums + taps[3]);
        Add(s4, sums + taps[4]);
        Add(s5, sums + taps[5]);
        Add(s6, sums + taps[6]);
        Add(s7, sums + taps[7]);
    }
}
