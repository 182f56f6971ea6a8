using System.Collections;
using System.Runtime.CompilerServices;

namespace Jem.Graphs.Ir;

/// <summary>
/// The dimensions of a value, outermost first. A dimension is known when the graph is built,
/// except the batch of an encoder, which is <see cref="AnyBatch"/>.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<long>, IEquatable<Shape>
{
    /// <summary>A batch of any size; ONNX's symbolic dimension <c>N</c>.</summary>
    public const long AnyBatch = -1;

    private readonly long[] _dimensions;

    private Shape(long[] dimensions) => _dimensions = dimensions;

    /// <summary>No dimensions: one element.</summary>
    public static Shape Scalar { get; } = [];

    /// <summary>A shape, for collection expressions: <c>[2, 3]</c>.</summary>
    public static Shape Create(ReadOnlySpan<long> dimensions) => new(dimensions.ToArray());

    /// <summary>The number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    int IReadOnlyCollection<long>.Count => Rank;

    /// <summary>The dimension at an axis; a negative axis counts from the end.</summary>
    public long this[int axis] => _dimensions[axis < 0 ? axis + Rank : axis];

    /// <summary>The number of elements.</summary>
    /// <exception cref="GraphException">The batch is of any size.</exception>
    public long Size => IsStatic
        ? _dimensions.Aggregate(1L, (a, b) => a * b)
        : throw new GraphException($"The size of {this} is not known when the graph is built. Give the batch a size.");

    /// <summary>Whether every dimension is known.</summary>
    public bool IsStatic => !_dimensions.Contains(AnyBatch);

    /// <summary>The same dimensions with one replaced.</summary>
    public Shape With(int axis, long dimension)
    {
        var copy = (long[])_dimensions.Clone();
        copy[axis < 0 ? axis + Rank : axis] = dimension;
        return new Shape(copy);
    }

    /// <summary>A copy of the dimensions.</summary>
    public long[] ToArray() => (long[])_dimensions.Clone();

    /// <summary>Whether all dimensions are equal.</summary>
    public bool Equals(Shape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <summary>Whether all dimensions are equal.</summary>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var dimension in _dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)_dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The dimensions in brackets, a batch of any size as N.</summary>
    public override string ToString() => $"[{string.Join(',', _dimensions.Select(d => d == AnyBatch ? "N" : d.ToString()))}]";
}
