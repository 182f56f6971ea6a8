using Jem.Embed.Index;

namespace Jem.Trainer.Eval;

/// <summary>Weighted nearest neighbours (Wu et al., arXiv:1805.01978, section 3.4): the k most similar images vote with weight exp(cosine/τ).</summary>
public static class KnnClassifier
{
    /// <summary>The accuracy over the queries for each k, from one search.</summary>
    /// <param name="ks">Numbers of neighbours, each ≥ 1; at most the size of the bank counts.</param>
    /// <param name="temperature">τ &gt; 0; 0.1 in the protocol that others report.</param>
    public static IReadOnlyList<double> Accuracies(LabelledVectors bank, LabelledVectors queries, IReadOnlyList<int> ks, double temperature = 0.1)
    {
        var nearest = ExactSearch.Nearest(queries.Vectors.ToUnitLength(), bank.Vectors.ToUnitLength(), ks.Max());
        return [.. ks.Select(k => Enumerable.Range(0, queries.Labels.Length).Average(query =>
            Vote(nearest.Rows(query), nearest.Similarities(query), bank, Math.Min(k, nearest.K), temperature) == queries.Labels[query] ? 1.0 : 0.0))];
    }

    // The largest similarity is taken out, so that no temperature overflows.
    private static int Vote(ReadOnlySpan<int> rows, ReadOnlySpan<float> similarities, LabelledVectors bank, int k, double temperature)
    {
        var votes = new double[bank.Classes];
        for (var i = 0; i < k; i++)
        {
            votes[bank.Labels[rows[i]]] += Math.Exp((similarities[i] - similarities[0]) / temperature);
        }

        return Array.IndexOf(votes, votes.Max());
    }
}
