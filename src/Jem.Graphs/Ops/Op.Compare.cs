using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Comparisons and choice.</content>
public static partial class Op
{
    internal static readonly OpRow[] CompareRows =
    [
        new("Equal", Shapes.Compare, NoGradient.Zero),
        new("Greater", Shapes.Compare, NoGradient.Zero),
        new("GreaterOrEqual", Shapes.Compare, NoGradient.Zero),
        new("Less", Shapes.Compare, NoGradient.Zero),
        new("LessOrEqual", Shapes.Compare, NoGradient.Zero),
        new("Not", Shapes.Same, NoGradient.Zero),
        new("And", Shapes.Compare, NoGradient.Zero),
        new("Or", Shapes.Compare, NoGradient.Zero),
        new("Where", InferWhere, (n, δy) =>
        [
            null,
            Where(n.Input(0), δy, ScalarLike(δy, 0)),
            Where(n.Input(0), ScalarLike(δy, 0), δy),
        ]),

        // The identity, except to the reverse walk.
        new("StopGradient", Shapes.Same, NoGradient.Zero),
    ];

    /// <summary>Whether a = b, element by element; both broadcast. No gradient.</summary>
    public static Value Equal(Value a, Value b) => Node("Equal", a, b);

    /// <summary>Whether a &gt; b, element by element; both broadcast. No gradient.</summary>
    public static Value Greater(Value a, Value b) => Node("Greater", a, b);

    /// <summary>Whether a ≥ b, element by element; both broadcast. No gradient.</summary>
    public static Value GreaterOrEqual(Value a, Value b) => Node("GreaterOrEqual", a, b);

    /// <summary>Whether a &lt; b, element by element; both broadcast. No gradient.</summary>
    public static Value Less(Value a, Value b) => Node("Less", a, b);

    /// <summary>Whether a ≤ b, element by element; both broadcast. No gradient.</summary>
    public static Value LessOrEqual(Value a, Value b) => Node("LessOrEqual", a, b);

    /// <summary>Whether a condition does not hold.</summary>
    public static Value Not(Value a) => Node("Not", a);

    /// <summary>Whether both conditions hold; both broadcast.</summary>
    public static Value And(Value a, Value b) => Node("And", a, b);

    /// <summary>Whether a condition of two holds; both broadcast.</summary>
    public static Value Or(Value a, Value b) => Node("Or", a, b);

    /// <summary>Takes from a where the condition holds, else from b; all three broadcast.</summary>
    public static Value Where(Value condition, Value a, Value b) => Node("Where", condition, a, b);

    /// <summary>The value itself, through which no gradient flows: sg(·) in the papers.</summary>
    public static Value StopGradient(Value x) => Node("StopGradient", x);

    private static IReadOnlyList<(DType, Shape)> InferWhere(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shapes.Expect(inputs[0].Type == DType.Bool, $"a condition of bool, got {inputs[0]}.");
        return [(Shapes.SameType([inputs[1], inputs[2]]), inputs.Select(input => input.Shape).Aggregate(Shapes.Broadcast))];
    }
}
