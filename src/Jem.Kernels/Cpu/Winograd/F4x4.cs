using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Winograd;

/// <summary>
/// F(4×4, 3×3) and F(3×3, 4×4) with the points 0, ±√½, ±√2, ∞, whose error is half that of the usual 0, ±1, ±2, ∞: 36 products for 144.
/// </summary>
internal readonly unsafe struct F4x4 : IWinogradForm
{
    public static int Tile => 4;
    public static int Points => 6;

    private static V Fma(float a, V b, V c) => Vector512.MultiplyAddEstimate(Vector512.Create(a), b, c);

    private const float A = 0.70710678f, B = 1.41421356f;

    private static V Times(float a, V b) => Vector512.Create(a) * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void In1(V d0, V d1, V d2, V d3, V d4, V d5, float* t, nint s)
    {
        V a = Fma(-2, d2, d4), b = Fma(-2, d1, d3), c = Fma(-0.5f, d2, d4), e = Fma(-0.5f, d1, d3);
        (d0 + Fma(-2.5f, d2, d4)).Store(t);
        Fma(A, b, a).Store(t + s);
        Fma(-A, b, a).Store(t + (2 * s));
        Fma(B, e, c).Store(t + (3 * s));
        Fma(-B, e, c).Store(t + (4 * s));
        (d1 + Fma(-2.5f, d3, d5)).Store(t + (5 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float* panel, nint* places, float* temp, float* v, nint step)
    {
        for (var i = 0; i < 6; i++)
        {
            In1(Load(panel + places[i]), Load(panel + places[i + 6]), Load(panel + places[i + 12]), Load(panel + places[i + 18]),
                Load(panel + places[i + 24]), Load(panel + places[i + 30]), temp + (i * 16), 96);
        }

        for (var j = 0; j < 6; j++, temp += 96, v += 6 * step)
        {
            In1(Load(temp), Load(temp + 16), Load(temp + 32), Load(temp + 48),
                Load(temp + 64), Load(temp + 80), v, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V, V, V) Out1(float* m, nint s)
    {
        V m1 = Load(m + s), m2 = Load(m + (2 * s)), m3 = Load(m + (3 * s)), m4 = Load(m + (4 * s));
        V p = m1 + m2, q = m1 - m2, r = m3 + m4, t = m3 - m4;
        return (Load(m) + p + r, Fma(B, t, Times(A, q)), Fma(2, r, Times(0.5f, p)), Fma(2 * B, t, Fma(A / 2, q, Load(m + (5 * s)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* m, nint step, float* temp, float* panel, nint* places)
    {
        for (var i = 0; i < 6; i++)
        {
            var (a, b, c, d) = Out1(m + (i * step), 6 * step);
            a.Store(temp + (i * 16));
            b.Store(temp + (i * 16) + 96);
            c.Store(temp + (i * 16) + 192);
            d.Store(temp + (i * 16) + 288);
        }

        for (var j = 0; j < 4; j++, places += 4, temp += 96)
        {
            var (a, b, c, d) = Out1(temp, 16);
            a.Store(panel + places[0]);
            b.Store(panel + places[1]);
            c.Store(panel + places[2]);
            d.Store(panel + places[3]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter1(V g0, V g1, V g2, float* t, nint s)
    {
        V a = Times(-2 / 3f, Fma(0.5f, g2, g0)), b = Times(-2 / 3f * A, g1);
        V c = Times(1 / 6f, Fma(2, g2, g0)), d = Times(B / 6, g1);
        g0.Store(t);
        (a + b).Store(t + s);
        (a - b).Store(t + (2 * s));
        (c + d).Store(t + (3 * s));
        (c - d).Store(t + (4 * s));
        g2.Store(t + (5 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(float* g, float* temp, float* u, nint step)
    {
        for (var i = 0; i < 3; i++)
        {
            Filter1(Load(g + (i * 16)), Load(g + (i * 16) + 48), Load(g + (i * 16) + 96), temp + (i * 16), 48);
        }

        for (var j = 0; j < 6; j++, temp += 48, u += 6 * step)
        {
            Filter1(Load(temp), Load(temp + 16), Load(temp + 32), u, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient1(V g0, V g1, V g2, V g3, float* t, nint s)
    {
        V a = Times(-2 / 3f, Fma(0.5f, g2, g0)), b = Times(-2 / 3f * A, Fma(0.5f, g3, g1));
        V c = Times(1 / 6f, Fma(2, g2, g0)), d = Times(B / 6, Fma(2, g3, g1));
        g0.Store(t);
        (a + b).Store(t + s);
        (a - b).Store(t + (2 * s));
        (c + d).Store(t + (3 * s));
        (c - d).Store(t + (4 * s));
        g3.Store(t + (5 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* panel, nint* places, float* temp, float* v, nint step)
    {
        for (var i = 0; i < 4; i++)
        {
            Gradient1(Load(panel + places[i]), Load(panel + places[i + 4]), Load(panel + places[i + 8]), Load(panel + places[i + 12]), temp + (i * 16), 64);
        }

        for (var j = 0; j < 6; j++, temp += 64, v += 6 * step)
        {
            Gradient1(Load(temp), Load(temp + 16), Load(temp + 32), Load(temp + 48), v, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V, V) Weights1(float* m, nint s)
    {
        V m1 = Load(m + s), m2 = Load(m + (2 * s)), m3 = Load(m + (3 * s)), m4 = Load(m + (4 * s));
        V p = m1 + m2, q = m1 - m2, r = m3 + m4, t = m3 - m4;
        return (Load(m) + p + r, Fma(B, t, Times(A, q)), Fma(2, r, Fma(0.5f, p, Load(m + (5 * s)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(float* m, nint step, float* temp, float* δw)
    {
        for (var i = 0; i < 6; i++)
        {
            var (a, b, c) = Weights1(m + (i * step), 6 * step);
            a.Store(temp + (i * 16));
            b.Store(temp + (i * 16) + 96);
            c.Store(temp + (i * 16) + 192);
        }

        for (var j = 0; j < 3; j++, temp += 96, δw += 48)
        {
            var (a, b, c) = Weights1(temp, 16);
            a.Store(δw);
            b.Store(δw + 16);
            c.Store(δw + 32);
        }
    }

    private static V Load(float* from) => Vector512.Load(from);
}
