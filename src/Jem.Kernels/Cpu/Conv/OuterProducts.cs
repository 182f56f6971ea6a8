using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The inner loop of both gradients of a convolution, a small matrix product: a tile of <see cref="Rows"/> ×
/// <see cref="Columns"/> sums, held in registers, gains the outer product of <see cref="Rows"/> and <see cref="Columns"/> numbers
/// in each step. The tile is as large as the registers allow: 8 of 512 bits, or 12 of the 16 of 256 bits.
/// </summary>
internal static unsafe class OuterProducts
{
    public const int Columns = 16;

    public static readonly int Rows = Vector512.IsHardwareAccelerated ? 8 : 6;

    /// <summary>Adds the outer products of <paramref name="runs"/> runs of <paramref name="length"/> steps to the sums.</summary>
    /// <param name="a">Tuples of <see cref="Rows"/> numbers; run r begins at <paramref name="aRuns"/>[r].</param>
    /// <param name="b">Tuples of <see cref="Columns"/> numbers; run r begins at <paramref name="bRuns"/>[r].</param>
    /// <param name="bStep">From one tuple of <paramref name="b"/> to the next; those of <paramref name="a"/> are adjacent.</param>
    /// <param name="sums">Row i of the tile is at <paramref name="sumRows"/>[i].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* a, float* b, nint* aRuns, nint* bRuns, int runs, int length, nint bStep, float* sums, nint* sumRows)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Add8(a, b, aRuns, bRuns, runs, length, bStep, sums, sumRows);
        }
        else
        {
            Add6(a, b, aRuns, bRuns, runs, length, bStep, sums, sumRows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8(float* a, float* b, nint* aRuns, nint* bRuns, int runs, int length, nint bStep, float* sums, nint* sumRows)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (var run = 0; run < runs; run++)
        {
            float* p = a + aRuns[run], q = b + bRuns[run];
            for (var i = 0; i < length; i++, p += 8, q += bStep)
            {
                var v = Vector512.Load(q);
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(p[0]), v, s0);
                s1 = Vector512.MultiplyAddEstimate(Vector512.Create(p[1]), v, s1);
                s2 = Vector512.MultiplyAddEstimate(Vector512.Create(p[2]), v, s2);
                s3 = Vector512.MultiplyAddEstimate(Vector512.Create(p[3]), v, s3);
                s4 = Vector512.MultiplyAddEstimate(Vector512.Create(p[4]), v, s4);
                s5 = Vector512.MultiplyAddEstimate(Vector512.Create(p[5]), v, s5);
                s6 = Vector512.MultiplyAddEstimate(Vector512.Create(p[6]), v, s6);
                s7 = Vector512.MultiplyAddEstimate(Vector512.Create(p[7]), v, s7);
            }
        }

        AddTo(sums + sumRows[0], s0);
        AddTo(sums + sumRows[1], s1);
        AddTo(sums + sumRows[2], s2);
        AddTo(sums + sumRows[3], s3);
        AddTo(sums + sumRows[4], s4);
        AddTo(sums + sumRows[5], s5);
        AddTo(sums + sumRows[6], s6);
        AddTo(sums + sumRows[7], s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add6(float* a, float* b, nint* aRuns, nint* bRuns, int runs, int length, nint bStep, float* sums, nint* sumRows)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        Vector256<float> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default;
        for (var run = 0; run < runs; run++)
        {
            float* p = a + aRuns[run], q = b + bRuns[run];
            for (var i = 0; i < length; i++, p += 6, q += bStep)
            {
                var (v, w) = (Vector256.Load(q), Vector256.Load(q + 8));
                var g = Vector256.Create(p[0]);
                s0 = Vector256.MultiplyAddEstimate(g, v, s0);
                t0 = Vector256.MultiplyAddEstimate(g, w, t0);
                g = Vector256.Create(p[1]);
                s1 = Vector256.MultiplyAddEstimate(g, v, s1);
                t1 = Vector256.MultiplyAddEstimate(g, w, t1);
                g = Vector256.Create(p[2]);
                s2 = Vector256.MultiplyAddEstimate(g, v, s2);
                t2 = Vector256.MultiplyAddEstimate(g, w, t2);
                g = Vector256.Create(p[3]);
                s3 = Vector256.MultiplyAddEstimate(g, v, s3);
                t3 = Vector256.MultiplyAddEstimate(g, w, t3);
                g = Vector256.Create(p[4]);
                s4 = Vector256.MultiplyAddEstimate(g, v, s4);
                t4 = Vector256.MultiplyAddEstimate(g, w, t4);
                g = Vector256.Create(p[5]);
                s5 = Vector256.MultiplyAddEstimate(g, v, s5);
                t5 = Vector256.MultiplyAddEstimate(g, w, t5);
            }
        }

        AddTo(sums + sumRows[0], s0, t0);
        AddTo(sums + sumRows[1], s1, t1);
        AddTo(sums + sumRows[2], s2, t2);
        AddTo(sums + sumRows[3], s3, t3);
        AddTo(sums + sumRows[4], s4, t4);
        AddTo(sums + sumRows[5], s5, t5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* sums, Vector512<float> values) => (Vector512.Load(sums) + values).Store(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* sums, Vector256<float> left, Vector256<float> right)
    {
        (Vector256.Load(sums) + left).Store(sums);
        (Vector256.Load(sums + 8) + right).Store(sums + 8);
    }
}
