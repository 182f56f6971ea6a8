namespace Jem.Embed.Index;

/// <summary>For every query the rows that are most similar to it, best first; of equal ones the lower row comes first.</summary>
/// <param name="K">Rows per query.</param>
/// <param name="AllRows">[queries, K].</param>
/// <param name="AllSimilarities">[queries, K].</param>
public sealed record NearestRows(int K, int[] AllRows, float[] AllSimilarities)
{
    public ReadOnlySpan<int> Rows(int query) => AllRows.AsSpan(query * K, K);

    public ReadOnlySpan<float> Similarities(int query) => AllSimilarities.AsSpan(query * K, K);
}
