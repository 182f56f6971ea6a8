using System.Numerics.Tensors;

namespace Jem.Embed.Index;

/// <summary>For every query the rows that are most similar to it, best first; of equal ones the lower row comes first.</summary>
/// <param name="K">Rows per query.</param>
/// <param name="AllRows">[queries, K].</param>
/// <param name="AllSimilarities">[queries, K].</param>
public sealed record NearestRows(int K, int[] AllRows, float[] AllSimilarities)
{
    public ReadOnlySpan<int> Rows(int query) => AllRows.AsSpan(query * K, K);

    public ReadOnlySpan<float> Similarities(int query) => AllSimilarities.AsSpan(query * K, K);

    /// <summary>The same with similarities from −1 to 1: dot products of rounded unit vectors may lie beyond. They are changed in place.</summary>
    public NearestRows AsCosines()
    {
        TensorPrimitives.Clamp(AllSimilarities, -1, 1, AllSimilarities);
        return this;
    }
}
