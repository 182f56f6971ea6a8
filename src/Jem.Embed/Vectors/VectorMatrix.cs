using System.Numerics.Tensors;
using Jem.Imaging;

namespace Jem.Embed.Vectors;

/// <summary>Vectors of one dimension, one per row: float32 [count, dimension], row-major.</summary>
public sealed class VectorMatrix
{
    /// <exception cref="ArgumentException">The data are not count × dimension numbers.</exception>
    public VectorMatrix(ReadOnlyMemory<float> data, int count, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (data.Length != (long)count * dimension)
        {
            throw new ArgumentException($"{count} vectors of {dimension} need {(long)count * dimension} numbers; got {data.Length}.", nameof(data));
        }

        (Data, Count, Dimension) = (data, count, dimension);
    }

    public ReadOnlyMemory<float> Data { get; }

    public int Count { get; }

    public int Dimension { get; }

    public ReadOnlySpan<float> Row(int row) => Rows(row, 1);

    /// <summary>Neighbouring rows, as [count, dimension].</summary>
    public ReadOnlySpan<float> Rows(int first, int count) => Data.Span.Slice(first * Dimension, count * Dimension);

    /// <summary>A copy in which every vector has length 1, so that a dot product is a cosine. A vector of zeros stays one.</summary>
    /// <exception cref="JemException">A vector holds something that is not a finite number.</exception>
    public VectorMatrix ToUnitLength()
    {
        var copy = Data.ToArray();
        MakeUnitLength(copy, Dimension);
        return new VectorMatrix(copy, Count, Dimension);
    }

    /// <summary>Scales vectors to length 1 in place.</summary>
    /// <inheritdoc cref="ToUnitLength"/>
    public static void MakeUnitLength(Span<float> data, int dimension)
    {
        for (var start = 0; start < data.Length; start += dimension)
        {
            var row = data.Slice(start, dimension);
            var length = TensorPrimitives.Norm<float>(row);
            if (!float.IsFinite(length))
            {
                throw new JemException(
                    $"Vector {start / dimension} (counted from 0) is not finite: its length is {length}. The encoder's weights or its input are damaged.");
            }

            if (length > 0)
            {
                TensorPrimitives.Divide(row, length, row);
            }
        }
    }
}
