using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Jem.Trainer.Training;

/// <summary>
/// Two numbers that show collapse. The standard deviation goes to 0 when every image gets the same embedding;
/// a healthy one is about 1/√D. The effective rank goes to 1 when embeddings use few directions; it is at most D.
/// </summary>
public readonly record struct EmbeddingStatistics(double StandardDeviation, double EffectiveRank)
{
    /// <param name="embeddings">[rows,dimension], row-major. They are taken at unit length.</param>
    public static EmbeddingStatistics Of(ReadOnlySpan<float> embeddings, int rows, int dimension)
    {
        var matrix = Matrix<float>.Build.Dense(rows, dimension);
        var unit = new float[dimension];
        for (var row = 0; row < rows; row++)
        {
            var embedding = embeddings.Slice(row * dimension, dimension);
            TensorPrimitives.Divide(embedding, Math.Max(TensorPrimitives.Norm(embedding), 1e-12f), unit);
            matrix.SetRow(row, unit);
        }

        var deviations = matrix.EnumerateColumns().Select(column => Math.Sqrt(Math.Max(0, column.DotProduct(column) / rows - Math.Pow(column.Sum() / rows, 2))));
        return new EmbeddingStatistics(deviations.Average(), Rank(matrix));
    }

    // RankMe (Garrido et al., arXiv:2210.02885, equation 1): exp of the entropy of the singular values as shares of their sum.
    // The singular values are the roots of the eigenvalues of the smaller Gram matrix.
    private static double Rank(Matrix<float> matrix)
    {
        var gram = matrix.RowCount < matrix.ColumnCount ? matrix.TransposeAndMultiply(matrix) : matrix.TransposeThisAndMultiply(matrix);
        var eigenvalues = gram.Map(value => (double)value).Evd(Symmetricity.Symmetric).EigenValues;
        var singular = eigenvalues.Select(value => Math.Sqrt(Math.Max(0, value.Real))).ToArray();
        var sum = singular.Sum();
        return Math.Exp(-singular.Select(value => value / sum).Where(share => share > 1e-12).Sum(share => share * Math.Log(share)));
    }
}
