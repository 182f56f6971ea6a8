using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>The non-parametric softmax in which every image is a class (Wu et al., arXiv:1805.01978, equation 2).</summary>
public static class InstanceSoftmaxLoss
{
    /// <summary>
    /// Embeddings [B,D], a bank [n,D] with one unit row per image, and the images' int64 ids [B] in the bank → the mean cross-entropy
    /// of embedding·bankᵀ/τ with the id. Embeddings are normalised here; the bank gets no gradient. Where all rows are equal it is ln n.
    /// </summary>
    /// <param name="temperature">τ &gt; 0: 0.07 in the paper, 0.1 for CIFAR in the authors' code.</param>
    /// <exception cref="ArgumentException">The temperature is not positive, or the shapes do not fit.</exception>
    public static Value Of(Value embeddings, Value bank, Value ids, double temperature)
    {
        if (!(temperature > 0) || embeddings.Shape.Rank != 2 || bank.Shape.Rank != 2 || bank.Shape[1] != embeddings.Shape[1]
            || ids.Type != DType.Int64 || ids.Shape.Rank != 1 || ids.Shape[0] != embeddings.Shape[0])
        {
            throw new ArgumentException(
                "The instance softmax needs a temperature > 0 (0.07 in the paper), embeddings [B,D], a bank [n,D] and int64 ids [B]; "
                + $"got temperature {temperature}, embeddings {embeddings.Shape}, bank {bank.Shape} and {ids.Type.Name()} ids {ids.Shape}.");
        }

        var z = Functional.Normalize(embeddings) / temperature;
        var rows = StopGradient(bank);
        return Mean(LogSumExp(Gemm(z, rows, transB: true), 1) - Sum(z * Gather(rows, ids), 1));
    }
}
