using Jem.Embed.Vectors;
using MathNet.Numerics.LinearAlgebra;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>The two directions in which vectors vary most.</summary>
internal static class PrincipalComponents
{
    /// <summary>Every vector's coordinates [n, 2] in those directions. Each axis points to where its largest coordinate is positive.</summary>
    public static double[] Of(VectorMatrix vectors)
    {
        var (n, d) = (vectors.Count, vectors.Dimension);
        var x = Matrix<double>.Build.Dense(n, d, (row, column) => vectors.Row(row)[column]);
        var means = x.ColumnSums() / n;
        x = Matrix<double>.Build.Dense(n, d, (row, column) => x[row, column] - means[column]);

        // The smaller of the two products has the same leading eigenvalues: X·Xᵀ gives the coordinates themselves, Xᵀ·X the directions.
        var byRows = n <= d;
        var eigen = (byRows ? x.TransposeAndMultiply(x) : x.TransposeThisAndMultiply(x)).Evd(Symmetricity.Symmetric);
        var positions = new double[2 * n];
        for (var axis = 0; axis < Math.Min(2, Math.Min(n, d)); axis++)
        {
            var last = eigen.EigenValues.Count - 1 - axis;
            var vector = eigen.EigenVectors.Column(last);
            var coordinates = byRows ? vector * Math.Sqrt(Math.Max(0, eigen.EigenValues[last].Real)) : x * vector;
            var sign = Math.Sign(coordinates[coordinates.AbsoluteMaximumIndex()]);
            for (var row = 0; row < n; row++)
            {
                positions[(2 * row) + axis] = sign * coordinates[row];
            }
        }

        return positions;
    }
}
