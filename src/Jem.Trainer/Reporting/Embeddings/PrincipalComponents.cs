using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using MathNet.Numerics.LinearAlgebra;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>
/// The two directions in which vectors vary most, by subspace iteration from a random block (Halko, Martinsson and Tropp 2011, algorithm 4.4):
/// all eigenvectors would take seconds where two take milliseconds.
/// </summary>
internal static class PrincipalComponents
{
    private const int Block = 10, Rounds = 8;

    /// <summary>Every vector's coordinates [n, 2] in those directions. Each axis points to where its largest coordinate is positive.</summary>
    public static double[] Of(VectorMatrix vectors)
    {
        var x = Centred(vectors);
        var (n, k) = (x.RowCount, Math.Min(Block, Math.Min(x.RowCount, x.ColumnCount)));
        var random = new SeededRandom(SeededRandom.Hash("components"));
        var basis = x * Matrix<double>.Build.Dense(x.ColumnCount, k, (_, _) => random.NextNormal());
        for (var round = 0; round < Rounds; round++)
        {
            basis = x * x.TransposeThisAndMultiply(Orthonormal(basis));
        }

        // Within the block the components are exact: those of a k × k matrix.
        basis = Orthonormal(basis);
        var inside = basis.TransposeThisAndMultiply(x);
        var eigen = inside.TransposeAndMultiply(inside).Evd(Symmetricity.Symmetric);
        var positions = new double[2 * n];
        for (var axis = 0; axis < Math.Min(2, k); axis++)
        {
            var last = k - 1 - axis;
            var coordinates = basis * eigen.EigenVectors.Column(last) * Math.Sqrt(Math.Max(0, eigen.EigenValues[last].Real));
            var sign = Math.Sign(coordinates[coordinates.AbsoluteMaximumIndex()]);
            for (var row = 0; row < n; row++)
            {
                positions[(2 * row) + axis] = sign * coordinates[row];
            }
        }

        return positions;
    }

    private static Matrix<double> Centred(VectorMatrix vectors)
    {
        var x = Matrix<double>.Build.Dense(vectors.Count, vectors.Dimension, (row, column) => vectors.Row(row)[column]);
        var means = x.ColumnSums() / vectors.Count;
        return x.MapIndexed((_, column, value) => value - means[column], Zeros.Include);
    }

    private static Matrix<double> Orthonormal(Matrix<double> block) => block.QR().Q;
}
