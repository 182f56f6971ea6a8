using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>Shape rules that several operators share.</summary>
internal static class Shapes
{
    public static IReadOnlyList<(DType, Shape)> Same(IReadOnlyList<Value> inputs, Attributes attributes) =>
        [(inputs[0].Type, inputs[0].Shape)];

    /// <summary>The same shape, which has the axis that the attribute <c>axis</c> names.</summary>
    public static IReadOnlyList<(DType, Shape)> AlongAxis(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Axis(attributes.Int("axis", -1), inputs[0].Shape.Rank);
        return Same(inputs, attributes);
    }

    public static IReadOnlyList<(DType, Shape)> Broadcast(IReadOnlyList<Value> inputs, Attributes attributes) =>
        [(SameType(inputs), inputs.Select(input => input.Shape).Aggregate(Broadcast))];

    public static IReadOnlyList<(DType, Shape)> Compare(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        SameType(inputs);
        return [(DType.Bool, inputs.Select(input => input.Shape).Aggregate(Broadcast))];
    }

    /// <summary>NumPy's rule: aligned at the end, a dimension of 1 stretches.</summary>
    public static Shape Broadcast(Shape a, Shape b)
    {
        var result = new long[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= result.Length; i++)
        {
            var (m, n) = (i <= a.Rank ? a[-i] : 1, i <= b.Rank ? b[-i] : 1);
            if (m != n && m != 1 && n != 1)
            {
                throw new GraphException(
                    $"{a} and {b} do not broadcast: dimension {result.Length - i} is {m} in one and {n} in the other; they must be equal or 1.");
            }

            result[^i] = m == 1 ? n : m;
        }

        return [.. result];
    }

    public static DType SameType(IReadOnlyList<Value> inputs)
    {
        foreach (var input in inputs)
        {
            Expect(input.Type == inputs[0].Type, $"inputs of one type, got {string.Join(", ", inputs)}. Cast them first.");
        }

        return inputs[0].Type;
    }

    /// <summary>An axis counted from the front.</summary>
    public static int Axis(long axis, int rank)
    {
        Expect(axis >= -rank && axis < rank, $"an axis in [{-rank}, {rank - 1}], got {axis}.");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    public static void Expect(bool condition, string expected)
    {
        if (!condition)
        {
            throw new GraphException($"expected {expected}");
        }
    }
}
