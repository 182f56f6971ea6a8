using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>The contrastive loss against a queue of negatives (He et al., MoCo, arXiv:1911.05722, equation 1).</summary>
public static class InfoNceLoss
{
    /// <summary>
    /// Queries and keys [B,D] of two views of B images, and a queue [K,D] of earlier keys as unit rows → the mean over the queries
    /// of the cross-entropy of [q·k⁺, q·queue]/τ with the first class. Queries and keys are normalised here; only queries get a gradient.
    /// Where all embeddings are equal it is ln(K + 1).
    /// </summary>
    /// <param name="temperature">τ &gt; 0: 0.07 in the paper, 0.2 in its second version (arXiv:2003.04297).</param>
    /// <exception cref="ArgumentException">The temperature is not positive, or the shapes do not fit.</exception>
    public static Value Of(Value queries, Value keys, Value queue, double temperature)
    {
        if (!(temperature > 0) || queries.Shape.Rank != 2 || !keys.Shape.Equals(queries.Shape) || queue.Shape.Rank != 2 || queue.Shape[1] != queries.Shape[1])
        {
            throw new ArgumentException(
                "InfoNCE needs a temperature > 0 (0.07 or 0.2 in the papers), queries and keys of one shape [B,D] and a queue [K,D]; "
                + $"got temperature {temperature}, queries {queries.Shape}, keys {keys.Shape} and queue {queue.Shape}.");
        }

        var q = Functional.Normalize(queries) / temperature;
        var positive = SumKeep(q * StopGradient(Functional.Normalize(keys)), 1);
        var negatives = Gemm(q, StopGradient(queue), transB: true);
        return Mean(LogSumExp(Concat(1, positive, negatives), 1) - Squeeze(positive, 1));
    }
}
