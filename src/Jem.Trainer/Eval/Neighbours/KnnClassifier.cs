using Jem.Embed.Index;
using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Neighbours;

/// <summary>How nearest neighbours vote.</summary>
public sealed record KnnOptions
{
    /// <summary>Numbers of neighbours, each ≥ 1; at most the size of the bank counts.</summary>
    public IReadOnlyList<int> Neighbours { get; init; } = [20, 200];

    /// <summary>τ &gt; 0 of cosine votes.</summary>
    public double Temperature { get; init; } = 0.1;

    public Distance Distance { get; init; }

    /// <summary>Bank and queries are the same images: none is its own neighbour.</summary>
    public bool LeaveOneOut { get; init; }
}

/// <summary>Weighted nearest neighbours: the k nearest images of the bank vote for their class.</summary>
public static class KnnClassifier
{
    /// <summary>The accuracy over the queries for each k, from one search.</summary>
    public static IReadOnlyList<double> Accuracies(
        LabelledVectors bank, LabelledVectors queries, KnnOptions options, CancellationToken cancellation = default) =>
        Accuracies([bank.Vectors], bank.Labels, queries, options, cancellation: cancellation);

    /// <inheritdoc cref="Accuracies(LabelledVectors, LabelledVectors, KnnOptions, CancellationToken)"/>
    /// <param name="bank">The vectors in blocks, [n, D]; one block is in memory at a time.</param>
    /// <param name="labels">The classes of all rows of the bank.</param>
    /// <param name="report">Told how many rows are searched.</param>
    public static IReadOnlyList<double> Accuracies(
        IEnumerable<VectorMatrix> bank,
        int[] labels,
        LabelledVectors queries,
        KnnOptions options,
        Action<int>? report = null,
        CancellationToken cancellation = default)
    {
        var space = Space.Of(options.Distance, queries.Vectors, options.Temperature);
        var search = new NearestSearch(space.Queries, Math.Min(labels.Length, options.Neighbours.Max() + (options.LeaveOneOut ? 1 : 0)));
        foreach (var block in bank)
        {
            search.Add(space.Bank(block), cancellation);
            report?.Invoke(search.Count);
        }

        var nearest = search.Result();
        var right = new int[options.Neighbours.Count];
        for (var query = 0; query < queries.Labels.Length; query++)
        {
            var rows = nearest.Rows(query);
            var votes = space.Votes(query, nearest.Similarities(query));
            for (var i = 0; i < right.Length; i++)
            {
                var vote = Vote(rows, votes, labels, queries.Classes, options.Neighbours[i], options.LeaveOneOut ? query : -1);
                right[i] += vote == queries.Labels[query] ? 1 : 0;
            }
        }

        return Array.ConvertAll(right, count => (double)count / queries.Labels.Length);
    }

    private static int Vote(ReadOnlySpan<int> rows, double[] votes, int[] labels, int classes, int k, int self)
    {
        var sums = new double[classes];
        for (int i = 0, voters = 0; i < rows.Length && voters < k; i++)
        {
            if (rows[i] != self)
            {
                sums[labels[rows[i]]] += votes[i];
                voters++;
            }
        }

        return Array.IndexOf(sums, sums.Max());
    }
}
