using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Jem.Embed.Index;

/// <summary>
/// All dot products between two sets of vectors. Tiles of 4 × 3 products share their loads: 12 sums, 3 rows and a query
/// fill the 16 vector registers of AVX2. Every product is summed in the same order wherever it stands in the set,
/// so equal vectors get equal products.
/// </summary>
public static class DotProducts
{
    private const int QueryTile = 4;
    private const int RowTile = 3;

    /// <param name="queries">[queryCount, dimension].</param>
    /// <param name="rows">[rowCount, dimension]; best when they fit a core's cache.</param>
    /// <param name="products">[queryCount, rowCount].</param>
    public static void Compute(ReadOnlySpan<float> queries, int queryCount, ReadOnlySpan<float> rows, int rowCount, int dimension, Span<float> products)
    {
        Span<float> tile = stackalloc float[QueryTile * RowTile];
        for (var q = 0; q < queryCount; q += QueryTile)
        {
            for (var r = 0; r < rowCount; r += RowTile)
            {
                Tile(queries, q, queryCount - 1, rows, r, rowCount - 1, dimension, tile);
                for (var i = 0; i < Math.Min(QueryTile, queryCount - q); i++)
                {
                    for (var j = 0; j < Math.Min(RowTile, rowCount - r); j++)
                    {
                        products[((q + i) * rowCount) + r + j] = tile[(i * RowTile) + j];
                    }
                }
            }
        }
    }

    // At the edges the last vector stands in for those that are missing; its products are thrown away.
    private static void Tile(ReadOnlySpan<float> queries, int q, int lastQuery, ReadOnlySpan<float> rows, int r, int lastRow, int dimension, Span<float> tile)
    {
        ref var q0 = ref At(queries, q, lastQuery, dimension);
        ref var q1 = ref At(queries, q + 1, lastQuery, dimension);
        ref var q2 = ref At(queries, q + 2, lastQuery, dimension);
        ref var q3 = ref At(queries, q + 3, lastQuery, dimension);
        ref var r0 = ref At(rows, r, lastRow, dimension);
        ref var r1 = ref At(rows, r + 1, lastRow, dimension);
        ref var r2 = ref At(rows, r + 2, lastRow, dimension);
        Vector<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;

        nuint i = 0;
        var whole = (nuint)(dimension - (dimension % Vector<float>.Count));
        for (; i < whole; i += (nuint)Vector<float>.Count)
        {
            var (a, b, c) = (Vector.LoadUnsafe(ref r0, i), Vector.LoadUnsafe(ref r1, i), Vector.LoadUnsafe(ref r2, i));
            var query = Vector.LoadUnsafe(ref q0, i);
            (s00, s01, s02) = (Vector.MultiplyAddEstimate(query, a, s00), Vector.MultiplyAddEstimate(query, b, s01), Vector.MultiplyAddEstimate(query, c, s02));
            query = Vector.LoadUnsafe(ref q1, i);
            (s10, s11, s12) = (Vector.MultiplyAddEstimate(query, a, s10), Vector.MultiplyAddEstimate(query, b, s11), Vector.MultiplyAddEstimate(query, c, s12));
            query = Vector.LoadUnsafe(ref q2, i);
            (s20, s21, s22) = (Vector.MultiplyAddEstimate(query, a, s20), Vector.MultiplyAddEstimate(query, b, s21), Vector.MultiplyAddEstimate(query, c, s22));
            query = Vector.LoadUnsafe(ref q3, i);
            (s30, s31, s32) = (Vector.MultiplyAddEstimate(query, a, s30), Vector.MultiplyAddEstimate(query, b, s31), Vector.MultiplyAddEstimate(query, c, s32));
        }

        var rest = dimension - (int)whole;
        (tile[0], tile[1], tile[2]) = (Sum(s00, ref q0, ref r0, i, rest), Sum(s01, ref q0, ref r1, i, rest), Sum(s02, ref q0, ref r2, i, rest));
        (tile[3], tile[4], tile[5]) = (Sum(s10, ref q1, ref r0, i, rest), Sum(s11, ref q1, ref r1, i, rest), Sum(s12, ref q1, ref r2, i, rest));
        (tile[6], tile[7], tile[8]) = (Sum(s20, ref q2, ref r0, i, rest), Sum(s21, ref q2, ref r1, i, rest), Sum(s22, ref q2, ref r2, i, rest));
        (tile[9], tile[10], tile[11]) = (Sum(s30, ref q3, ref r0, i, rest), Sum(s31, ref q3, ref r1, i, rest), Sum(s32, ref q3, ref r2, i, rest));
    }

    private static ref float At(ReadOnlySpan<float> vectors, int index, int last, int dimension) =>
        ref MemoryMarshal.GetReference(vectors.Slice(Math.Min(index, last) * dimension, dimension));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector<float> sums, ref float query, ref float row, nuint from, int rest)
    {
        var sum = Vector.Sum(sums);
        for (var i = 0; i < rest; i++)
        {
            sum += Unsafe.Add(ref query, from + (nuint)i) * Unsafe.Add(ref row, from + (nuint)i);
        }

        return sum;
    }
}
