using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <summary>The types and shapes of an operator's outputs, or a <see cref="GraphException"/> that says what it expected.</summary>
public delegate IReadOnlyList<(DType Type, Shape Shape)> InferRule(IReadOnlyList<Value> inputs, Attributes attributes);

/// <summary>
/// The gradient of a loss by each input, given the gradients δy by each output (null where none flows).
/// A rule may leave broadcasting in place: the reverse walk sums a gradient to its input's shape.
/// </summary>
public delegate IReadOnlyList<Value?> GradientRule(Node node, IReadOnlyList<Value?> δy);

/// <summary>One operator: its shape rule, and its gradient rule or why it has none.</summary>
public sealed record OpRow
{
    /// <summary>An operator with a gradient of its only output.</summary>
    public OpRow(string name, InferRule infer, Func<Node, Value, IReadOnlyList<Value?>> gradient)
        : this(name, infer, (node, δy) => gradient(node, δy[0]!))
    {
    }

    /// <summary>An operator with a gradient of several outputs.</summary>
    public OpRow(string name, InferRule infer, GradientRule gradient) => (Name, Infer, Gradient) = (name, infer, gradient);

    /// <summary>An operator without a gradient rule, and why.</summary>
    public OpRow(string name, InferRule infer, NoGradient why) => (Name, Infer, Without) = (name, infer, why);

    /// <summary>ONNX's name, or the base name of a <c>jem</c> function.</summary>
    public string Name { get; }

    /// <summary>The shape rule.</summary>
    public InferRule Infer { get; }

    /// <summary>The gradient rule; null where <see cref="Without"/> says why there is none.</summary>
    public GradientRule? Gradient { get; }

    /// <summary>Why there is no gradient rule; null where there is one.</summary>
    public NoGradient? Without { get; }

    /// <summary>How many outputs at the end are left out when nobody asks for them.</summary>
    public int OptionalOutputs { get; init; }
}

/// <summary>Why an operator has no gradient rule.</summary>
public enum NoGradient
{
    /// <summary>It is constant almost everywhere: the reverse walk stops.</summary>
    Zero,

    /// <summary>It has a gradient, but no rule is written: the reverse walk fails.</summary>
    Unwritten,
}
