using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>
/// The negative cosine similarity of SimSiam (Chen and He, arXiv:2011.10566, equation 1).
/// BYOL's squared distance of unit vectors (Grill et al., arXiv:2006.07733, equation 2) is 2 + 2 times it.
/// </summary>
public static class NegativeCosineLoss
{
    /// <summary>
    /// Predictions and targets [B,D] → −mean over the rows of their cosine, in [−1, 1]. Both are normalised here and both get
    /// a gradient: a method that holds its targets still, as both papers do, wraps them in StopGradient.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ or are not [B,D].</exception>
    public static Value Of(Value predictions, Value targets) => predictions.Shape.Rank == 2 && predictions.Shape.Equals(targets.Shape)
        ? -Mean(Sum(Functional.Normalize(predictions) * Functional.Normalize(targets), 1))
        : throw new ArgumentException($"The negative cosine needs predictions and targets of one shape [B,D]; got {predictions.Shape} and {targets.Shape}.");
}
