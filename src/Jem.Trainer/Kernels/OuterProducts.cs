using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Jem.Trainer.Kernels;

/// <summary>
/// The inner loop of the weight gradient: a tile of <see cref="Rows"/> × <see cref="Columns"/> sums, held in registers, gains the
/// outer product of <see cref="Rows"/> gradients and <see cref="Columns"/> inputs at each output position.
/// The tile is as large as the registers allow: 8 of 512 bits, or 12 of the 16 of 256 bits.
/// </summary>
internal static unsafe class OuterProducts
{
    public const int Columns = 16;

    public static readonly int Rows = Vector512.IsHardwareAccelerated ? 8 : 6;

    /// <summary>Adds to <paramref name="sums"/> [Rows][Columns] the products over some rows of output positions.</summary>
    /// <param name="dy">Gradients, [positions][Rows]; row r begins at <paramref name="dyRows"/>[r].</param>
    /// <param name="x">Inputs, [positions][Columns]; row r begins at <paramref name="xRows"/>[r].</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The positions in a row.</param>
    /// <param name="step">From one position's inputs to the next one's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* dy, float* x, nint* dyRows, nint* xRows, int count, int width, nint step, float* sums)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Add8(dy, x, dyRows, xRows, count, width, step, sums);
        }
        else
        {
            Add6(dy, x, dyRows, xRows, count, width, step, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8(float* dy, float* x, nint* dyRows, nint* xRows, int count, int width, nint step, float* sums)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (var row = 0; row < count; row++)
        {
            float* d = dy + dyRows[row], p = x + xRows[row];
            for (var i = 0; i < width; i++, d += 8, p += step)
            {
                var v = Vector512.Load(p);
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(d[0]), v, s0);
                s1 = Vector512.MultiplyAddEstimate(Vector512.Create(d[1]), v, s1);
                s2 = Vector512.MultiplyAddEstimate(Vector512.Create(d[2]), v, s2);
                s3 = Vector512.MultiplyAddEstimate(Vector512.Create(d[3]), v, s3);
                s4 = Vector512.MultiplyAddEstimate(Vector512.Create(d[4]), v, s4);
                s5 = Vector512.MultiplyAddEstimate(Vector512.Create(d[5]), v, s5);
                s6 = Vector512.MultiplyAddEstimate(Vector512.Create(d[6]), v, s6);
                s7 = Vector512.MultiplyAddEstimate(Vector512.Create(d[7]), v, s7);
            }
        }

        (Vector512.Load(sums) + s0).Store(sums);
        (Vector512.Load(sums + 16) + s1).Store(sums + 16);
        (Vector512.Load(sums + 32) + s2).Store(sums + 32);
        (Vector512.Load(sums + 48) + s3).Store(sums + 48);
        (Vector512.Load(sums + 64) + s4).Store(sums + 64);
        (Vector512.Load(sums + 80) + s5).Store(sums + 80);
        (Vector512.Load(sums + 96) + s6).Store(sums + 96);
        (Vector512.Load(sums + 112) + s7).Store(sums + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add6(float* dy, float* x, nint* dyRows, nint* xRows, int count, int width, nint step, float* sums)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (var row = 0; row < count; row++)
        {
            float* d = dy + dyRows[row], p = x + xRows[row];
            for (var i = 0; i < width; i++, d += 6, p += step)
            {
                var (v, w) = (Vector256.Load(p), Vector256.Load(p + 8));
                var g = Vector256.Create(d[0]);
                a0 = Vector256.MultiplyAddEstimate(g, v, a0);
                b0 = Vector256.MultiplyAddEstimate(g, w, b0);
                g = Vector256.Create(d[1]);
                a1 = Vector256.MultiplyAddEstimate(g, v, a1);
                b1 = Vector256.MultiplyAddEstimate(g, w, b1);
                g = Vector256.Create(d[2]);
                a2 = Vector256.MultiplyAddEstimate(g, v, a2);
                b2 = Vector256.MultiplyAddEstimate(g, w, b2);
                g = Vector256.Create(d[3]);
                a3 = Vector256.MultiplyAddEstimate(g, v, a3);
                b3 = Vector256.MultiplyAddEstimate(g, w, b3);
                g = Vector256.Create(d[4]);
                a4 = Vector256.MultiplyAddEstimate(g, v, a4);
                b4 = Vector256.MultiplyAddEstimate(g, w, b4);
                g = Vector256.Create(d[5]);
                a5 = Vector256.MultiplyAddEstimate(g, v, a5);
                b5 = Vector256.MultiplyAddEstimate(g, w, b5);
            }
        }

        AddTo(sums, a0, b0);
        AddTo(sums + 16, a1, b1);
        AddTo(sums + 32, a2, b2);
        AddTo(sums + 48, a3, b3);
        AddTo(sums + 64, a4, b4);
        AddTo(sums + 80, a5, b5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* sums, Vector256<float> a, Vector256<float> b)
    {
        (Vector256.Load(sums) + a).Store(sums);
        (Vector256.Load(sums + 8) + b).Store(sums + 8);
    }
}
