using System.Collections.Concurrent;
using Jem.Embed.Vectors;

namespace Jem.Embed.Index;

/// <summary>Told all dot products of one query, in the order of the rows. Called from many threads; the numbers are gone afterwards.</summary>
public delegate void ProductsVisitor(int query, ReadOnlySpan<float> products);

/// <summary>Exact search among vectors in memory, on all cores; the result does not depend on the number of threads.</summary>
public static class ExactSearch
{
    private const int QueriesPerUnit = 32;
    private const int RowsPerBlock = 128;

    /// <summary>The <paramref name="k"/> rows (or all, if there are fewer) that have the largest dot product with each query.</summary>
    /// <param name="queries">[Q, D]; for cosines of unit length.</param>
    /// <param name="bank">[N, D]; for cosines of unit length.</param>
    /// <exception cref="ArgumentException">The dimensions differ or k is not positive.</exception>
    public static NearestRows Nearest(VectorMatrix queries, VectorMatrix bank, int k, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var search = new NearestSearch(queries, Math.Clamp(bank.Count, 1, k));
        search.Add(bank, cancellation);
        return search.Result();
    }

    /// <summary>Hands out the dot products of every query with all rows, for rankings of the whole bank. It holds 32 × N numbers per thread.</summary>
    /// <inheritdoc cref="Nearest"/>
    public static void ForEachQuery(VectorMatrix queries, VectorMatrix bank, ProductsVisitor visit, CancellationToken cancellation = default)
    {
        if (queries.Dimension != bank.Dimension)
        {
            throw new ArgumentException(
                $"Queries have dimension {queries.Dimension}, the vectors searched {bank.Dimension}; expected the same.",
                nameof(queries));
        }

        var units = (queries.Count + QueriesPerUnit - 1) / QueriesPerUnit;
        var idle = new ConcurrentBag<float[]>();
        Parallel.For(0, units, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, unit =>
        {
            var products = idle.TryTake(out var buffer) ? buffer : new float[QueriesPerUnit * bank.Count];
            var first = unit * QueriesPerUnit;
            var count = Math.Min(QueriesPerUnit, queries.Count - first);
            Products(queries.Rows(first, count), count, bank, products);
            for (var query = 0; query < count; query++)
            {
                visit(first + query, products.AsSpan(query * bank.Count, bank.Count));
            }

            idle.Add(products);
        });
    }

    // [count, N], a block of rows at a time so that they stay in the cache.
    private static void Products(ReadOnlySpan<float> queries, int count, VectorMatrix bank, float[] products)
    {
        Span<float> block = stackalloc float[QueriesPerUnit * RowsPerBlock];
        for (var row = 0; row < bank.Count; row += RowsPerBlock)
        {
            var rows = Math.Min(RowsPerBlock, bank.Count - row);
            DotProducts.Compute(queries, count, bank.Rows(row, rows), rows, bank.Dimension, block);
            for (var query = 0; query < count; query++)
            {
                block.Slice(query * rows, rows).CopyTo(products.AsSpan((query * bank.Count) + row));
            }
        }
    }
}
