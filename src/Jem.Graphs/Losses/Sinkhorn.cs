using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>
/// Codes that share a batch equally among prototypes: the entropic optimal transport of SwAV
/// (Caron et al., arXiv:2006.09882, equations 3 to 5) by the iterations of Sinkhorn and Knopp (Cuturi, arXiv:1306.0895).
/// </summary>
public static class Sinkhorn
{
    /// <summary>
    /// Scores [B,K] of B embeddings with K prototypes → codes [B,K], constants to the gradient. Each iteration scales the columns
    /// to equal sums and then the rows to 1, so rows sum to 1 and columns, the better the more iterations, to B/K.
    /// Everything stays a logarithm until the end: no score overflows.
    /// </summary>
    /// <param name="epsilon">A scalar ε &gt; 0, the weight of the entropy: 0.05 in the paper. A small one makes hard codes, a large one uniform codes.</param>
    /// <param name="iterations">At least 1; 3 in the paper.</param>
    /// <param name="present">[B] of 0 and 1, all 1 if null: rows with 0 do not influence the others, and their own codes fit the others' columns.</param>
    /// <exception cref="ArgumentException">There is no iteration, or the shapes do not fit.</exception>
    public static Value Codes(Value scores, Value epsilon, int iterations, Value? present = null)
    {
        if (iterations < 1 || scores.Shape.Rank != 2 || epsilon.Shape.Rank != 0 || (present is not null && !present.Shape.Equals([scores.Shape[0]])))
        {
            throw new ArgumentException(
                "Sinkhorn's codes need at least 1 iteration (3 in the paper), scores [B,K], a scalar ε and, if rows may be absent, a mark for each [B]; "
                + $"got {iterations} iterations, scores {scores.Shape}, ε {epsilon.Shape} and {(present is null ? "no marks" : $"marks {present.Shape}")}.");
        }

        // So far below every logarithm that an absent row's exponential is zero.
        var absence = present is null ? null : Unsqueeze(present - 1, 1) * 1e9;
        var logits = scores / epsilon;
        for (var i = 0; i < iterations; i++)
        {
            logits -= Unsqueeze(LogSumExp(absence is null ? logits : logits + absence, 0), 0);
            logits -= Unsqueeze(LogSumExp(logits, 1), 1);
        }

        return StopGradient(Exp(logits));
    }
}
