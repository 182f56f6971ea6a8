using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Losses;

/// <summary>SwAV's loss: each view predicts the codes of the others (Caron et al., arXiv:2006.09882, equations 1, 2 and 6).</summary>
public static class SwappedPredictionLoss
{
    /// <summary>
    /// Scores of all views with the prototypes, and codes of the first views (the global crops), all [B,K] → the mean over codes i,
    /// views v ≠ i and rows of −Σₖ codesᵢ·ln softmax(scoresᵥ/τ). Where no score stands out it is ln K.
    /// </summary>
    /// <param name="codes">Rows that sum to 1, from <see cref="Sinkhorn.Codes"/>.</param>
    /// <param name="temperature">τ &gt; 0: 0.1 in the paper.</param>
    /// <exception cref="ArgumentException">The temperature is not positive, there are fewer than two views, or the shapes do not fit.</exception>
    public static Value Of(IReadOnlyList<Value> scores, IReadOnlyList<Value> codes, double temperature) => temperature > 0 && ViewPairs.Fit(codes, scores)
        ? ViewPairs.CrossEntropy(codes, [.. scores.Select(view => view / temperature)])
        : throw new ArgumentException(
            "SwAV's loss needs a temperature > 0 (0.1 in the paper), scores of at least 2 views and codes of the first of them, all of one shape [B,K]; "
            + $"got temperature {temperature}, scores {ViewPairs.Shapes(scores)} and codes {ViewPairs.Shapes(codes)}.");
}
