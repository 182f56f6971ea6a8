using Jem.Embed.Vectors;

namespace Jem.Embed.Index;

/// <summary>
/// Exact search for the largest dot products, on all cores. Memory beside the result is a few hundred KiB per thread,
/// however many vectors there are; the result does not depend on the number of threads.
/// </summary>
public static class ExactSearch
{
    private const int QueriesPerUnit = 64;

    // Rows that are compared at once should stay in a core's second-level cache: 256 KiB.
    private const int FloatsPerBlock = 65536;

    /// <summary>The <paramref name="k"/> rows (or all, if there are fewer) that have the largest dot product with each query.</summary>
    /// <param name="queries">[Q, D]; for cosines of unit length.</param>
    /// <param name="bank">[N, D]; for cosines of unit length.</param>
    /// <exception cref="ArgumentException">The dimensions differ or k is not positive.</exception>
    public static NearestRows Nearest(VectorMatrix queries, VectorMatrix bank, int k, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (queries.Dimension != bank.Dimension)
        {
            throw new ArgumentException($"Queries have dimension {queries.Dimension}, the vectors searched {bank.Dimension}; expected the same.", nameof(queries));
        }

        k = Math.Min(k, bank.Count);
        var result = new NearestRows(k, new int[queries.Count * k], new float[queries.Count * k]);
        var groups = (queries.Count + QueriesPerUnit - 1) / QueriesPerUnit;
        if (groups == 0 || k == 0)
        {
            return result;
        }

        // Few queries leave cores idle unless the bank is shared out too.
        var segments = Math.Clamp(Environment.ProcessorCount / groups, 1, Math.Max(1, bank.Count / 4096));
        var options = new ParallelOptions { CancellationToken = cancellation };
        var found = new TopK[groups * segments][];
        Parallel.For(0, found.Length, options, unit =>
        {
            var (group, segment) = (unit / segments, unit % segments);
            var first = (int)((long)bank.Count * segment / segments);
            var end = (int)((long)bank.Count * (segment + 1) / segments);
            found[unit] = Scan(queries, group * QueriesPerUnit, bank, first, end, k);
            if (segments == 1)
            {
                Collect(found, unit, 1, group, result);
            }
        });
        for (var group = 0; segments > 1 && group < groups; group++)
        {
            Collect(found, group * segments, segments, group, result);
        }

        return result;
    }

    private static TopK[] Scan(VectorMatrix queries, int firstQuery, VectorMatrix bank, int firstRow, int endRow, int k)
    {
        var count = Math.Min(QueriesPerUnit, queries.Count - firstQuery);
        var blockRows = Math.Clamp(FloatsPerBlock / bank.Dimension, 12, 1024);
        var best = Enumerable.Range(0, count).Select(_ => new TopK(k)).ToArray();
        var products = new float[count * blockRows];
        for (var row = firstRow; row < endRow; row += blockRows)
        {
            var rows = Math.Min(blockRows, endRow - row);
            DotProducts.Compute(queries.Rows(firstQuery, count), count, bank.Rows(row, rows), rows, bank.Dimension, products);
            for (var query = 0; query < count; query++)
            {
                best[query].Offer(products.AsSpan(query * rows, rows), row);
            }
        }

        return best;
    }

    private static void Collect(TopK[][] found, int firstUnit, int units, int group, NearestRows result)
    {
        var best = found[firstUnit];
        for (var query = 0; query < best.Length; query++)
        {
            for (var unit = 1; unit < units; unit++)
            {
                best[query].Offer(found[firstUnit + unit][query]);
            }

            var at = ((group * QueriesPerUnit) + query) * result.K;
            best[query].Drain(result.AllRows.AsSpan(at, result.K), result.AllSimilarities.AsSpan(at, result.K));
        }

        found[firstUnit] = [];
    }
}
