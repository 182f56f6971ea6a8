using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>Brings channels that lie apart side by side: [channel][position] → [position][channel].</summary>
internal static unsafe class Interleave
{
    /// <summary>Writes up to 8 lanes at each of <paramref name="count"/> positions; lanes past <paramref name="lanes"/> become 0.</summary>
    /// <param name="source">Lane l, position i is at l·<paramref name="laneStep"/> + i.</param>
    /// <param name="target">Position i, lane l goes to i·<paramref name="step"/> + l.</param>
    /// <param name="width">The lanes to write: 6 or 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(float* source, nint laneStep, int lanes, int count, float* target, nint step, int width)
    {
        var i = 0;
        if (Avx.IsSupported)
        {
            for (; i <= count - 8; i += 8)
            {
                Write8(source + i, laneStep, lanes, target + (i * step), step, width);
            }
        }

        for (; i < count; i++)
        {
            for (var lane = 0; lane < width; lane++)
            {
                target[(i * step) + lane] = lane < lanes ? source[(lane * laneStep) + i] : 0;
            }
        }
    }

    /// <summary>Copies 6 or 8 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, float* target, int width)
    {
        Vector128.Load(source).Store(target);
        if (width == 8)
        {
            Vector128.Load(source + 4).Store(target + 4);
        }
        else
        {
            Vector64.Load(source + 4).Store(target + 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write8(float* source, nint laneStep, int lanes, float* target, nint step, int width)
    {
        var r0 = lanes > 0 ? Vector256.Load(source) : default;
        var r1 = lanes > 1 ? Vector256.Load(source + laneStep) : default;
        var r2 = lanes > 2 ? Vector256.Load(source + (2 * laneStep)) : default;
        var r3 = lanes > 3 ? Vector256.Load(source + (3 * laneStep)) : default;
        var r4 = lanes > 4 ? Vector256.Load(source + (4 * laneStep)) : default;
        var r5 = lanes > 5 ? Vector256.Load(source + (5 * laneStep)) : default;
        var r6 = lanes > 6 ? Vector256.Load(source + (6 * laneStep)) : default;
        var r7 = lanes > 7 ? Vector256.Load(source + (7 * laneStep)) : default;

        // The usual transposition of 8 × 8: pairs, then fours, then halves.
        var (p0, p1) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
        var (p2, p3) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (p4, p5) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5));
        var (p6, p7) = (Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (q0, q1) = (Avx.Shuffle(p0, p2, 0x44), Avx.Shuffle(p0, p2, 0xEE));
        var (q2, q3) = (Avx.Shuffle(p1, p3, 0x44), Avx.Shuffle(p1, p3, 0xEE));
        var (q4, q5) = (Avx.Shuffle(p4, p6, 0x44), Avx.Shuffle(p4, p6, 0xEE));
        var (q6, q7) = (Avx.Shuffle(p5, p7, 0x44), Avx.Shuffle(p5, p7, 0xEE));
        Store(Avx.Permute2x128(q0, q4, 0x20), target, width);
        Store(Avx.Permute2x128(q1, q5, 0x20), target + step, width);
        Store(Avx.Permute2x128(q2, q6, 0x20), target + (2 * step), width);
        Store(Avx.Permute2x128(q3, q7, 0x20), target + (3 * step), width);
        Store(Avx.Permute2x128(q0, q4, 0x31), target + (4 * step), width);
        Store(Avx.Permute2x128(q1, q5, 0x31), target + (5 * step), width);
        Store(Avx.Permute2x128(q2, q6, 0x31), target + (6 * step), width);
        Store(Avx.Permute2x128(q3, q7, 0x31), target + (7 * step), width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> values, float* target, int width)
    {
        if (width == 8)
        {
            values.Store(target);
        }
        else
        {
            values.GetLower().Store(target);
            values.GetUpper().GetLower().Store(target + 4);
        }
    }
}
