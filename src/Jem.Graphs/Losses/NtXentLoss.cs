using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>The normalised temperature-scaled cross-entropy (Chen et al., arXiv:2002.05709, equation 1).</summary>
public static class NtXentLoss
{
    /// <summary>
    /// Embeddings [2B,D] of two views of B images, all of the first view before all of the second → the mean loss over the 2B rows.
    /// Each row's positive is the other view of its image; its negatives are the other 2B − 2 rows.
    /// Embeddings are normalised here. Where all are equal it is ln(2B − 1).
    /// </summary>
    /// <param name="temperature">τ &gt; 0: 0.1 for ImageNet, 0.5 for CIFAR in the paper.</param>
    /// <exception cref="ArgumentException">The temperature is not positive, or the rows are not those of two views.</exception>
    public static Value Of(Value embeddings, double temperature)
    {
        var rows = embeddings.Shape[0];
        if (!(temperature > 0) || rows % 2 != 0 || rows < 4)
        {
            throw new ArgumentException(
                $"NT-Xent needs a temperature > 0 and the two views of at least 2 images; got temperature {temperature} and {rows} rows.");
        }

        var z = Functional.Normalize(embeddings);
        var energy = MatMul(z, SwapLast(z)) / temperature;
        var positive = Sum(z * OtherView(z), 1) / temperature;
        return Mean(LogSumExp(energy + OwnEntryMask(z, rows), 1) - positive);
    }

    private static Value OtherView(Value z)
    {
        var views = Split(z, 0, z.Shape[0] / 2, z.Shape[0] / 2);
        return Concat(0, views[1], views[0]);
    }

    // So far below every energy that its exponential is zero.
    private static Value OwnEntryMask(Value like, long rows)
    {
        var index = ConstantLike(like, [rows], [.. Enumerable.Range(0, (int)rows).Select(row => (double)row)]);
        return Cast(Equal(Unsqueeze(index, 0), Unsqueeze(index, 1)), like.Type) * -1e9;
    }
}
