using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>VICReg's weighted sum and its three terms without their weights, each a scalar.</summary>
public sealed record VicregTerms(Value Loss, Value Invariance, Value Variance, Value Covariance);

/// <summary>Variance-invariance-covariance regularisation (Bardes et al., arXiv:2105.04906, equations 1 to 6).</summary>
public static class VicregLoss
{
    /// <summary>
    /// Embeddings a and b [B,D] of two views of B images → the weighted sum of three terms, as the authors' code computes them
    /// (the paper's text has no 1/D in the first and no ½ in the second):
    /// invariance, the mean of (a − b)²; variance, ½ Σ over views of the mean over dimensions of relu(1 − √(var + 1e-4));
    /// covariance, Σ over views of Σᵢ≠ⱼ Covᵢⱼ²/D. Variances and covariances divide by B − 1.
    /// </summary>
    /// <param name="invariance">The weight of the first term, ≥ 0: 25 in the paper.</param>
    /// <param name="variance">The weight of the second, ≥ 0: 25; with 0 the embeddings collapse.</param>
    /// <param name="covariance">The weight of the third, ≥ 0: 1.</param>
    /// <exception cref="ArgumentException">A weight is negative, or the shapes are not [B,D] twice with B and D at least 2.</exception>
    public static VicregTerms Of(Value a, Value b, double invariance, double variance, double covariance)
    {
        if (!(invariance >= 0) || !(variance >= 0) || !(covariance >= 0) || a.Shape.Rank != 2 || !a.Shape.Equals(b.Shape) || a.Shape[0] < 2 || a.Shape[1] < 2)
        {
            throw new ArgumentException(
                "VICReg needs weights ≥ 0 (25, 25 and 1 in the paper) and two views [B,D] of at least 2 images and 2 dimensions; "
                + $"got weights {invariance}, {variance} and {covariance} and views {a.Shape} and {b.Shape}.");
        }

        var difference = a - b;
        var (ca, cb) = (a - MeanKeep(a, 0), b - MeanKeep(b, 0));
        var terms = (
            Invariance: Mean(difference * difference),
            Variance: (Hinge(ca) + Hinge(cb)) / 2,
            Covariance: Redundancy(ca) + Redundancy(cb));
        var loss = (terms.Invariance * invariance) + (terms.Variance * variance) + (terms.Covariance * covariance);
        return new(loss, terms.Invariance, terms.Variance, terms.Covariance);
    }

    private static Value Hinge(Value centred)
    {
        var variance = Sum(centred * centred, 0) / (centred.Shape[0] - 1);
        return Mean(Relu(1 - Sqrt(variance + 1e-4)));
    }

    private static Value Redundancy(Value centred)
    {
        var covariance = Gemm(centred, centred, transA: true, alpha: 1.0 / (centred.Shape[0] - 1));
        return OffDiagonal.SumOfSquares(covariance) / centred.Shape[1];
    }
}
