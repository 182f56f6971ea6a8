using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Winograd;

/// <summary>F(2×2, 3×3) and F(3×3, 2×2) with the points 0, ±1, ∞: 16 products for 36.</summary>
internal readonly unsafe struct F2x2 : IWinogradForm
{
    public static int Tile => 2;
    public static int Points => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void In1(V d0, V d1, V d2, V d3, float* t, nint s)
    {
        (d0 - d2).Store(t);
        (d1 + d2).Store(t + s);
        (d2 - d1).Store(t + (2 * s));
        (d1 - d3).Store(t + (3 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float* panel, nint* places, float* temp, float* v, nint step)
    {
        for (var i = 0; i < 4; i++)
        {
            In1(Load(panel + places[i]), Load(panel + places[i + 4]), Load(panel + places[i + 8]), Load(panel + places[i + 12]), temp + (i * 16), 64);
        }

        for (var j = 0; j < 4; j++, temp += 64, v += 4 * step)
        {
            In1(Load(temp), Load(temp + 16), Load(temp + 32), Load(temp + 48), v, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V) Out1(float* m, nint s)
    {
        V m1 = Load(m + s), m2 = Load(m + (2 * s));
        return (Load(m) + m1 + m2, m1 - m2 - Load(m + (3 * s)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* m, nint step, float* temp, float* panel, nint* places)
    {
        for (var i = 0; i < 4; i++)
        {
            var (a, b) = Out1(m + (i * step), 4 * step);
            a.Store(temp + (i * 16));
            b.Store(temp + (i * 16) + 64);
        }

        for (var j = 0; j < 2; j++, places += 2, temp += 64)
        {
            var (a, b) = Out1(temp, 16);
            a.Store(panel + places[0]);
            b.Store(panel + places[1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter1(V g0, V g1, V g2, float* t, nint s)
    {
        V a = (g0 + g2) * Vector512.Create(0.5f), b = g1 * Vector512.Create(0.5f);
        g0.Store(t);
        (a + b).Store(t + s);
        (a - b).Store(t + (2 * s));
        g2.Store(t + (3 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(float* g, float* temp, float* u, nint step)
    {
        for (var i = 0; i < 3; i++)
        {
            Filter1(Load(g + (i * 16)), Load(g + (i * 16) + 48), Load(g + (i * 16) + 96), temp + (i * 16), 48);
        }

        for (var j = 0; j < 4; j++, temp += 48, u += 4 * step)
        {
            Filter1(Load(temp), Load(temp + 16), Load(temp + 32), u, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient1(V g0, V g1, float* t, nint s)
    {
        g0.Store(t);
        ((g0 + g1) * Vector512.Create(0.5f)).Store(t + s);
        ((g0 - g1) * Vector512.Create(0.5f)).Store(t + (2 * s));
        g1.Store(t + (3 * s));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* panel, nint* places, float* temp, float* v, nint step)
    {
        for (var i = 0; i < 2; i++)
        {
            Gradient1(Load(panel + places[i]), Load(panel + places[i + 2]), temp + (i * 16), 32);
        }

        for (var j = 0; j < 4; j++, temp += 32, v += 4 * step)
        {
            Gradient1(Load(temp), Load(temp + 16), v, step);
        }
    }

    // The last row of In1 has d1 − d3 for the point ∞, whose sign is turned here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V, V) Weights1(float* m, nint s)
    {
        V m1 = Load(m + s), m2 = Load(m + (2 * s));
        return (Load(m) + m1 + m2, m1 - m2, m1 + m2 - Load(m + (3 * s)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights(float* m, nint step, float* temp, float* δw)
    {
        for (var i = 0; i < 4; i++)
        {
            var (a, b, c) = Weights1(m + (i * step), 4 * step);
            a.Store(temp + (i * 16));
            b.Store(temp + (i * 16) + 64);
            c.Store(temp + (i * 16) + 128);
        }

        for (var j = 0; j < 3; j++, temp += 64, δw += 48)
        {
            var (a, b, c) = Weights1(temp, 16);
            a.Store(δw);
            b.Store(δw + 16);
            c.Store(δw + 32);
        }
    }

    private static V Load(float* from) => Vector512.Load(from);
}
