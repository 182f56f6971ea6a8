using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>The regression of masked tokens onto a teacher's features (Baevski et al., data2vec, arXiv:2202.03555, equation 2).</summary>
public static class SmoothL1Loss
{
    /// <summary>
    /// Predictions and targets [N,T,D] of T tokens, and a real mask [N,T] of 0 and 1 → the mean over tokens with 1 and over dimensions of
    /// ½x²/β where |x| ≤ β and |x| − ½β beyond, x being their difference. With no token masked, it and its gradients are 0.
    /// Both sides get a gradient: a method that holds its targets still wraps them in StopGradient.
    /// </summary>
    /// <param name="beta">β &gt; 0, the distance from which on the loss is a line, not a square; its slope there is 1. 2 in the paper's vision models.</param>
    /// <exception cref="ArgumentException">β is not positive, or the shapes do not fit.</exception>
    public static Value Of(Value predictions, Value targets, Value mask, double beta)
    {
        if (!(beta > 0) || predictions.Shape.Rank != 3 || !predictions.Shape.Equals(targets.Shape) || !mask.Shape.Equals([.. predictions.Shape.Take(2)]))
        {
            throw new ArgumentException(
                "Smooth L1 needs β > 0 (2 in the paper), predictions and targets of one shape [N,T,D] and a mask [N,T]; "
                + $"got β {beta}, predictions {predictions.Shape}, targets {targets.Shape} and mask {mask.Shape}.");
        }

        // Both branches in one: inside, near = x gives ½x²; beyond, near = ±β gives β|x| − ½β².
        var x = predictions - targets;
        var near = Clip(x, -beta, beta);
        var perToken = Mean(near * (x - (near / 2)), 2) / beta;
        return Sum(perToken * mask) / Max(Sum(mask), ScalarLike(mask, 1));
    }
}
