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
        RequireFinite(data, dimension, null);
        for (var start = 0; start < data.Length; start += dimension)
        {
            var row = data.Slice(start, dimension);
            var length = TensorPrimitives.Norm<float>(row);

            // The squares of very large and very small numbers leave the range of a float, though the numbers do not.
            if (length is > 1e18f or < 1e-18f && TensorPrimitives.MaxMagnitude<float>(row) is var most && most != 0)
            {
                TensorPrimitives.Divide(row, MathF.Abs(most), row);
                length = TensorPrimitives.Norm<float>(row);
            }

            if (length > 0)
            {
                TensorPrimitives.Divide(row, length, row);
            }
        }
    }

    /// <summary>Makes sure that all numbers are finite.</summary>
    /// <param name="nameOf">What a person calls the item of a row.</param>
    /// <exception cref="JemException">One is not; the message has its name.</exception>
    internal void RequireFinite(Func<int, string> nameOf) => RequireFinite(Data.Span, Dimension, nameOf);

    /// <inheritdoc cref="RequireFinite(Func{int, string})"/>
    /// <param name="data">[N, <paramref name="dimension"/>].</param>
    internal static void RequireFinite(ReadOnlySpan<float> data, int dimension, Func<int, string>? nameOf, string encoder = "The encoder")
    {
        if (data.IsEmpty || TensorPrimitives.IsFiniteAll(data))
        {
            return;
        }

        var at = 0;
        while (float.IsFinite(data[at]))
        {
            at++;
        }

        var row = at / dimension;
        throw new JemException(
            $"{encoder} gives a vector that is not finite for {nameOf?.Invoke(row) ?? $"image {row} (counted from 0)"}: "
            + $"number {at % dimension} of it is {data[at]}. Its weights are damaged, or its training diverged; take another encoder.");
    }
}
