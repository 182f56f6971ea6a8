using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>The types and shapes of an operator's outputs, or a <see cref="GraphException"/> that says what it expected.</summary>
public delegate IReadOnlyList<(DType Type, Shape Shape)> InferRule(IReadOnlyList<Value> inputs, Attributes attributes);

/// <summary>
/// The gradient of a loss by each input, given the gradients δy by each output (null where none flows).
/// A rule may leave broadcasting in place: the reverse walk sums a gradient to its input's shape.
/// </summary>
public delegate IReadOnlyList<Value?> GradientRule(Node node, IReadOnlyList<Value?> δy);

/// <summary>One operator: its shape rule and its gradient rule.</summary>
public sealed record OpRow(string Name, InferRule Infer, GradientRule? Gradient, GradientKind Kind)
{
    /// <summary>An operator with a gradient of its only output.</summary>
    public OpRow(string name, InferRule infer, Func<Node, Value, IReadOnlyList<Value?>> gradient)
        : this(name, infer, (node, δy) => gradient(node, δy[0]!), GradientKind.Rule)
    {
    }

    /// <summary>An operator with a gradient of several outputs.</summary>
    public OpRow(string name, InferRule infer, GradientRule gradient)
        : this(name, infer, gradient, GradientKind.Rule)
    {
    }

    /// <summary>An operator without a gradient rule, and why.</summary>
    public OpRow(string name, InferRule infer, GradientKind kind)
        : this(name, infer, null, kind)
    {
    }

    /// <summary>How many outputs at the end are left out when nobody asks for them.</summary>
    public int OptionalOutputs { get; init; }

    /// <summary>Where the operator is smooth enough for a central difference: its tests draw inputs from here.</summary>
    public Domain Domain { get; init; } = Domain.Real;

    /// <summary>The relative error allowed between the gradient and a central difference in float64.</summary>
    public double Tolerance { get; init; } = 1e-6;
}

/// <summary>Whether a gradient flows through an operator.</summary>
public enum GradientKind
{
    /// <summary>By its rule.</summary>
    Rule,

    /// <summary>It is constant almost everywhere: the reverse walk stops.</summary>
    None,

    /// <summary>There is one, but no rule is written: the reverse walk fails.</summary>
    Unsupported,
}

/// <summary>An interval of inputs, and how far they keep from zero and from each other (kinks and ties).</summary>
public sealed record Domain(double Low, double High, double Gap = 0)
{
    public static Domain Real { get; } = new(-2, 2);

    public static Domain Positive { get; } = new(0.3, 3);

    /// <summary>Away from a kink at zero or a tie between elements, by more than a difference step.</summary>
    public static Domain Apart { get; } = new(-2, 2, 0.02);
}
