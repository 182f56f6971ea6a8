using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Jem.Trainer.Collapse;

/// <summary>
/// Two numbers that show collapse. The standard deviation goes to 0 when every image gets the same embedding;
/// a healthy one is about 1/√D. The effective rank goes to 1 when embeddings use few directions; it is at most D.
/// </summary>
public readonly record struct EmbeddingStatistics(double StandardDeviation, double EffectiveRank)
{
    /// <summary>
    /// The deviation before embeddings are taken at unit length. Losses that compare lengths, too, collapse by shrinking it to 0,
    /// which unit embeddings need not show.
    /// </summary>
    public double Scale { get; init; }

    // The cost grows with the square of the rows times the dimension, or the cube of the smaller: a sample keeps it below a step's.
    internal const int StepRows = 512;

    /// <param name="embeddings">[rows,dimension], row-major. They are taken at unit length.</param>
    /// <param name="mostRows">Of more rows, so many are sampled evenly.</param>
    public static EmbeddingStatistics Of(ReadOnlySpan<float> embeddings, int rows, int dimension, int mostRows = StepRows)
    {
        var sample = Math.Min(rows, mostRows);
        var (raw, unit) = (new double[sample][], new double[sample][]);
        for (var row = 0; row < sample; row++)
        {
            var embedding = embeddings.Slice((int)((long)row * rows / sample) * dimension, dimension);
            (raw[row], unit[row]) = (new double[dimension], new double[dimension]);
            TensorPrimitives.ConvertTruncating(embedding, raw[row]);
            TensorPrimitives.Divide(raw[row], Math.Max(TensorPrimitives.Norm<double>(raw[row]), 1e-12), unit[row]);
        }

        return new EmbeddingStatistics(Deviation(unit, dimension), Rank(unit, dimension)) { Scale = Deviation(raw, dimension) };
    }

    // The deviation over the rows, averaged over the dimensions (Chen and He, arXiv:2011.10566, section 4.1).
    private static double Deviation(double[][] rows, int dimension)
    {
        var (mean, squares, difference) = (new double[dimension], new double[dimension], new double[dimension]);
        Array.ForEach(rows, row => TensorPrimitives.Add(mean, row, mean));
        TensorPrimitives.Divide(mean, rows.Length, mean);
        foreach (var row in rows)
        {
            TensorPrimitives.Subtract(row, mean, difference);
            TensorPrimitives.MultiplyAdd<double>(difference, difference, squares, squares);
        }

        return squares.Average(square => Math.Sqrt(square / rows.Length));
    }

    // RankMe (Garrido et al., arXiv:2210.02885, equation 1): exp of the entropy of the singular values as shares of their sum.
    // The singular values are the roots of the eigenvalues of the smaller Gram matrix, which float32 would drown in noise.
    private static double Rank(double[][] rows, int dimension)
    {
        var vectors = rows.Length <= dimension ? rows : Transposed(rows, dimension);
        var gram = Matrix<double>.Build.Dense(vectors.Length, vectors.Length);
        Parallel.For(0, vectors.Length, i =>
        {
            for (var j = 0; j <= i; j++)
            {
                gram[i, j] = gram[j, i] = TensorPrimitives.Dot<double>(vectors[i], vectors[j]);
            }
        });

        var singular = gram.Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Sqrt(Math.Max(0, value.Real))).ToArray();
        var sum = singular.Sum();
        return Math.Exp(-singular.Select(value => value / sum).Where(share => share > 1e-7).Sum(share => share * Math.Log(share)));
    }

    private static double[][] Transposed(double[][] rows, int dimension) =>
        [.. Enumerable.Range(0, dimension).Select(i => Array.ConvertAll(rows, row => row[i]))];
}
