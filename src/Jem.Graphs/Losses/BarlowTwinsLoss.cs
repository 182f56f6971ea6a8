using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>Redundancy reduction between two views (Zbontar et al., arXiv:2103.03230, equations 1 and 2).</summary>
public static class BarlowTwinsLoss
{
    /// <summary>
    /// Embeddings a and b [B,D] of two views of B images → Σᵢ(1 − Cᵢᵢ)² + λ·Σᵢ≠ⱼCᵢⱼ², times a scale.
    /// C [D,D] is the cross-correlation over the batch; each dimension is normalised here by its mean and biased variance + 1e-5.
    /// </summary>
    /// <param name="lambda">λ ≥ 0: 0.0051 in the paper.</param>
    /// <param name="scale">&gt; 0: 1 in the paper; 0.024 in the authors' first code and 0.1 in CIFAR recipes, so that a common learning rate fits.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the shapes are not [B,D] twice with B and D at least 2.</exception>
    public static Value Of(Value a, Value b, double lambda, double scale)
    {
        if (!(lambda >= 0) || !(scale > 0) || a.Shape.Rank != 2 || !a.Shape.Equals(b.Shape) || a.Shape[0] < 2 || a.Shape[1] < 2)
        {
            throw new ArgumentException(
                "Barlow Twins needs λ ≥ 0 (0.0051 in the paper), a scale > 0 and two views [B,D] of at least 2 images and 2 dimensions; "
                + $"got λ {lambda}, scale {scale} and views {a.Shape} and {b.Shape}.");
        }

        var images = a.Shape[0];
        var (za, zb) = (Standardize(a), Standardize(b));
        var correlation = Gemm(za, zb, transA: true, alpha: 1.0 / images);
        var shortfall = 1 - (Sum(za * zb, 0) / images);
        return (Sum(shortfall * shortfall) + (OffDiagonal.SumOfSquares(correlation) * lambda)) * scale;
    }

    private static Value Standardize(Value x)
    {
        Shape dimensions = [x.Shape[1]];
        return BatchNormTraining(x, FillLike(x, dimensions, 1), FillLike(x, dimensions, 0)).Y;
    }
}
