using System.Collections.Concurrent;
using Jem.Embed.Index;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Neighbours;

/// <summary>How well images of a query's class are found.</summary>
/// <param name="MeanAveragePrecision">mAP over all ranks: per query the mean, over its relevant images, of the precision down to that image.</param>
/// <param name="RecallAt1">The share of queries whose nearest image is relevant.</param>
/// <param name="RecallAt10">The share of queries with a relevant image among the ten nearest.</param>
/// <param name="Queries">Queries that count.</param>
/// <param name="Excluded">Queries that do not, because the bank has no image of their class.</param>
public sealed record RetrievalScores(double MeanAveragePrecision, double RecallAt1, double RecallAt10, int Queries, int Excluded);

/// <summary>Image retrieval: every query ranks the whole bank; images of its class – or of its instance – are relevant.</summary>
public static class Retrieval
{
    private const int ReportEvery = 256;

    /// <param name="leaveOneOut">Bank and queries are the same images: none is ranked for itself.</param>
    /// <param name="report">Told now and then how many queries are done.</param>
    /// <exception cref="ArgumentException">No query has a relevant image.</exception>
    public static RetrievalScores Measure(
        LabelledVectors bank,
        LabelledVectors queries,
        Distance distance,
        bool leaveOneOut,
        Action<int>? report = null,
        CancellationToken cancellation = default)
    {
        var relevant = bank.Labels.CountBy(label => label).ToDictionary();
        var space = Space.Of(distance, queries.Vectors, temperature: 1);
        var (precisions, firsts) = (new double[queries.Labels.Length], new int[queries.Labels.Length]);
        var idle = new ConcurrentBag<(Ranking Ranking, int[] Rows)>();
        var done = 0;
        ExactSearch.ForEachQuery(
            space.Queries,
            space.Bank(bank.Vectors),
            (query, products) =>
            {
                var count = relevant.GetValueOrDefault(queries.Labels[query]) - (leaveOneOut ? 1 : 0);
                if (count > 0)
                {
                    var (ranking, rows) = idle.TryTake(out var found) ? found : (new Ranking(products.Length), new int[products.Length]);
                    ranking.Sort(products, rows);
                    (precisions[query], firsts[query]) = AveragePrecision(rows, bank.Labels, queries.Labels[query], count, leaveOneOut ? query : -1);
                    idle.Add((ranking, rows));
                }

                if (Interlocked.Increment(ref done) % ReportEvery == 0)
                {
                    lock (idle)
                    {
                        report?.Invoke(Volatile.Read(ref done));
                    }
                }
            },
            cancellation);

        // Rank 0 means that there was nothing to find.
        var counted = firsts.Count(rank => rank > 0);
        return counted == 0
            ? throw new ArgumentException("No query has another image of its class in the bank, so there is nothing to find.")
            : new RetrievalScores(
                precisions.Sum() / counted,
                (double)firsts.Count(rank => rank == 1) / counted,
                (double)firsts.Count(rank => rank is >= 1 and <= 10) / counted,
                counted,
                firsts.Length - counted);
    }

    private static (double AveragePrecision, int FirstRank) AveragePrecision(int[] order, int[] labels, int label, int relevant, int self)
    {
        var (sum, found, rank, first) = (0.0, 0, 0, 0);
        foreach (var row in order)
        {
            if (row == self)
            {
                continue;
            }

            rank++;
            if (labels[row] == label)
            {
                found++;
                sum += (double)found / rank;
                first = first == 0 ? rank : first;
            }
        }

        return (sum / relevant, first);
    }
}
