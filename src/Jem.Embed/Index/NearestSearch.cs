using Jem.Embed.Vectors;

namespace Jem.Embed.Index;

/// <summary>
/// Exact search for the largest dot products among vectors that come in blocks, on all cores. It keeps the queries, k results
/// for each, and a few hundred KiB per thread, however many vectors there are; the result does not depend on the number
/// of threads, nor on how the vectors were cut into blocks.
/// </summary>
public sealed class NearestSearch
{
    private const int QueriesPerUnit = 64;

    // Rows that are compared at once should stay in a core's second-level cache: 256 KiB.
    private const int FloatsPerBlock = 65536;

    private readonly VectorMatrix _queries;
    private readonly TopK[] _best;

    /// <param name="queries">[Q, D]; for cosines of unit length.</param>
    /// <param name="k">Rows to keep for each query, ≥ 1.</param>
    public NearestSearch(VectorMatrix queries, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        (_queries, K, _best) = (queries, k, new TopK[queries.Count]);
        for (var query = 0; query < _best.Length; query++)
        {
            _best[query] = new TopK(k);
        }
    }

    public int K { get; }

    /// <summary>Vectors searched so far: the row that the next one gets.</summary>
    public int Count { get; private set; }

    /// <summary>Searches the next rows.</summary>
    /// <param name="rows">[N, D]; for cosines of unit length.</param>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    public void Add(VectorMatrix rows, CancellationToken cancellation = default)
    {
        if (_queries.Dimension != rows.Dimension)
        {
            throw new ArgumentException(
                $"Queries have dimension {_queries.Dimension}, the vectors searched {rows.Dimension}; expected the same.",
                nameof(rows));
        }

        var groups = (_queries.Count + QueriesPerUnit - 1) / QueriesPerUnit;
        if (groups > 0 && rows.Count > 0)
        {
            // Few queries leave cores idle unless the rows are shared out too.
            var segments = Math.Clamp(Environment.ProcessorCount / groups, 1, Math.Max(1, rows.Count / 4096));
            var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
            var found = new TopK[groups * segments][];
            Parallel.For(0, found.Length, options, unit => found[unit] = Scan(rows, unit / segments, unit % segments, segments));
            for (var unit = 0; segments > 1 && unit < found.Length; unit++)
            {
                Merge(found[unit], unit / segments * QueriesPerUnit);
            }
        }

        Count += rows.Count;
    }

    /// <summary>The rows that are most similar to each query. Afterwards the search is over: nothing is kept.</summary>
    public NearestRows Result()
    {
        var k = Math.Min(K, Count);
        var result = new NearestRows(k, new int[_best.Length * k], new float[_best.Length * k]);
        for (var query = 0; query < _best.Length; query++)
        {
            _best[query].Drain(result.AllRows.AsSpan(query * k, k), result.AllSimilarities.AsSpan(query * k, k));
        }

        return result;
    }

    private TopK[] Scan(VectorMatrix rows, int group, int segment, int segments)
    {
        var (first, end) = ((int)((long)rows.Count * segment / segments), (int)((long)rows.Count * (segment + 1) / segments));
        var firstQuery = group * QueriesPerUnit;
        var count = Math.Min(QueriesPerUnit, _queries.Count - firstQuery);
        var best = segments == 1 ? _best[firstQuery..(firstQuery + count)] : [.. Enumerable.Range(0, count).Select(_ => new TopK(K))];
        var blockRows = Math.Clamp(FloatsPerBlock / rows.Dimension, 12, 1024);
        var products = new float[count * blockRows];
        for (var row = first; row < end; row += blockRows)
        {
            var size = Math.Min(blockRows, end - row);
            DotProducts.Compute(_queries.Rows(firstQuery, count), count, rows.Rows(row, size), size, rows.Dimension, products);
            for (var query = 0; query < count; query++)
            {
                best[query].Offer(products.AsSpan(query * size, size), Count + row);
            }
        }

        return best;
    }

    private void Merge(TopK[] found, int firstQuery)
    {
        for (var query = 0; query < found.Length; query++)
        {
            _best[firstQuery + query].Offer(found[query]);
        }
    }
}
