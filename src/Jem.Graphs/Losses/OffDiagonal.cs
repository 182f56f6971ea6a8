using Jem.Graphs.Ir;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>What losses share that drive the correlations between dimensions to zero.</summary>
internal static class OffDiagonal
{
    /// <summary>The sum of the squares of a matrix [D,D], D ≥ 2, without its diagonal.</summary>
    public static Value SumOfSquares(Value matrix)
    {
        // Without the last element, the diagonal is the first column of rows that are one longer. Neither a mask as large as
        // the matrix is needed, nor the difference of two large sums.
        var side = matrix.Shape[0];
        var rows = Reshape(Slice(Reshape(matrix, [side * side]), 0, 0, (side * side) - 1), [side - 1, side + 1]);
        var off = Slice(rows, 1, 1, side + 1);
        return Sum(Mul(off, off));
    }
}
