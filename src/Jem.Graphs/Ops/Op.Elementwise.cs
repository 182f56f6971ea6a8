using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Operators on each element by itself. Two inputs broadcast.</content>
public static partial class Op
{
    internal static readonly OpRow[] ElementwiseRows =
    [
        new("Add", Shapes.Broadcast, (n, δy) => [δy, δy]),
        new("Sub", Shapes.Broadcast, (n, δy) => [δy, Neg(δy)]),
        new("Mul", Shapes.Broadcast, (n, δy) => [Mul(δy, n.Input(1)), Mul(δy, n.Input(0))]),
        new("Div", Shapes.Broadcast, (n, δy) => [Div(δy, n.Input(1)), Neg(Div(Mul(δy, n.Output()), n.Input(1)))]),

        // ∂aᵇ = b·aᵇ⁻¹ ∂a + aᵇ·ln a ∂b, for a > 0.
        new("Pow", Shapes.Broadcast, (n, δy) =>
        [
            Mul(δy, Mul(n.Input(1), Pow(n.Input(0), Sub(n.Input(1), ScalarLike(n.Input(1), 1))))),
            Mul(δy, Mul(n.Output(), Log(n.Input(0)))),
        ]),

        new("Neg", Shapes.Same, (n, δy) => [Neg(δy)]),
        new("Exp", Shapes.Same, (n, δy) => [Mul(δy, n.Output())]),
        new("Log", Shapes.Same, (n, δy) => [Div(δy, n.Input(0))]),
        new("Sqrt", Shapes.Same, (n, δy) => [Div(Mul(δy, ScalarLike(δy, 0.5)), n.Output())]),
        new("Reciprocal", Shapes.Same, (n, δy) => [Neg(Mul(δy, Mul(n.Output(), n.Output())))]),

        new("Gelu", FromBody, (n, δy) => [GeluGradient(n.Input(0), δy[0]!)]),
        new("GeluGrad", FromBody, NoGradient.Unwritten),

        // erf′(x) = 2/√π · exp(−x²).
        new("Erf", Shapes.Same, (n, δy) =>
            [Mul(δy, Mul(ScalarLike(δy, 2 / Math.Sqrt(Math.PI)), Exp(Neg(Mul(n.Input(0), n.Input(0))))))]),
        new("Tanh", Shapes.Same, (n, δy) => [Mul(δy, Sub(ScalarLike(δy, 1), Mul(n.Output(), n.Output())))]),
        new("Sigmoid", Shapes.Same, (n, δy) => [Mul(δy, Mul(n.Output(), Sub(ScalarLike(δy, 1), n.Output())))]),
        new("Softplus", Shapes.Same, (n, δy) => [Mul(δy, Sigmoid(n.Input(0)))]),

        // No gradient at zero, as in PyTorch. The sign of relu(x) is the mask of x > 0.
        new("Relu", Shapes.Same, (n, δy) => [Mul(δy, Sign(n.Output()))]),
        new("LeakyRelu", Shapes.Same, (n, δy) =>
        {
            var positive = Cast(Greater(n.Input(0), ScalarLike(δy, 0)), δy.Type);
            var slope = n.Attributes.Real("alpha", 0.01);
            return [Mul(δy, Add(Mul(positive, ScalarLike(δy, 1 - slope)), ScalarLike(δy, slope)))];
        }),
        new("Abs", Shapes.Same, (n, δy) => [Mul(δy, Sign(n.Input(0)))]),
        new("Sign", Shapes.Same, NoGradient.Zero),

        // The bounds themselves let the gradient through, as in PyTorch's clamp.
        new("Clip", Shapes.Same, (n, δy) =>
            [Mul(δy, Cast(Equal(n.Input(0), n.Output()), δy.Type)), null, null]),

        // Equal elements share the gradient by halves, as in PyTorch's minimum and maximum.
        new("Min", Shapes.Broadcast, (n, δy) => Share(n, δy, Less(n.Input(0), n.Input(1)))),
        new("Max", Shapes.Broadcast, (n, δy) => Share(n, δy, Greater(n.Input(0), n.Input(1)))),

        // Of integers.
        new("Mod", Shapes.Broadcast, NoGradient.Zero),
        new("Identity", Shapes.Same, (n, δy) => [δy]),
        new("Cast", (inputs, attributes) => [((DType)attributes.Int("to", 0), inputs[0].Shape)], (n, δy) =>
            [n.Input(0).IsReal ? Cast(δy, n.Input(0).Type) : null]),
    ];

    /// <summary>a + b; both broadcast.</summary>
    public static Value Add(Value a, Value b) => Node("Add", a, b);

    /// <summary>a − b; both broadcast.</summary>
    public static Value Sub(Value a, Value b) => Node("Sub", a, b);

    /// <summary>a · b, element by element; both broadcast.</summary>
    public static Value Mul(Value a, Value b) => Node("Mul", a, b);

    /// <summary>a / b, element by element; both broadcast.</summary>
    public static Value Div(Value a, Value b) => Node("Div", a, b);

    /// <summary>aᵇ; its gradients need a &gt; 0.</summary>
    public static Value Pow(Value a, Value b) => Node("Pow", a, b);

    /// <summary>−a.</summary>
    public static Value Neg(Value x) => Node("Neg", x);

    /// <summary>eˣ of each element.</summary>
    public static Value Exp(Value x) => Node("Exp", x);

    /// <summary>The natural logarithm of each element, &gt; 0.</summary>
    public static Value Log(Value x) => Node("Log", x);

    /// <summary>The square root of each element, ≥ 0. Its gradient at 0 is infinite.</summary>
    public static Value Sqrt(Value x) => Node("Sqrt", x);

    /// <summary>1/x of each element.</summary>
    public static Value Reciprocal(Value x) => Node("Reciprocal", x);

    /// <summary>The error function.</summary>
    public static Value Erf(Value x) => Node("Erf", x);

    /// <summary>The hyperbolic tangent.</summary>
    public static Value Tanh(Value x) => Node("Tanh", x);

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public static Value Sigmoid(Value x) => Node("Sigmoid", x);

    /// <summary>max(0, x); the gradient at 0 is 0.</summary>
    public static Value Relu(Value x) => Node("Relu", x);

    /// <summary>x where x ≥ 0, else slope · x.</summary>
    public static Value LeakyRelu(Value x, double slope = 0.01) => Node("LeakyRelu", new Attributes(("alpha", slope)), x);

    /// <summary>x·Φ(x), exact (Hendrycks and Gimpel, arXiv:1606.08415).</summary>
    public static Value Gelu(Value x) =>
        Mul(Mul(x, ScalarLike(x, 0.5)), Add(Erf(Mul(x, ScalarLike(x, Math.Sqrt(0.5)))), ScalarLike(x, 1)));

    /// <summary><see cref="Gelu"/> as a function, for which kernels exist: training reads and writes the numbers once forwards and once backwards.</summary>
    public static Value GeluFunction(Value x) => Call("Gelu", new Attributes(), body => [Gelu(body[0])], x).Output();

    // Φ(x) + x·φ(x), with φ the normal density.
    private static Value GeluGradient(Value x, Value δy) => Call("GeluGrad", new Attributes(), body =>
    {
        var v = body[0];
        var normal = Mul(Add(Erf(Mul(v, ScalarLike(v, Math.Sqrt(0.5)))), ScalarLike(v, 1)), ScalarLike(v, 0.5));
        var density = Mul(Exp(Mul(Mul(v, v), ScalarLike(v, -0.5))), ScalarLike(v, 1 / Math.Sqrt(2 * Math.PI)));
        return [Mul(body[1], Add(normal, Mul(v, density)))];
    }, x, δy).Output();

    /// <summary>ln(1 + eˣ).</summary>
    public static Value Softplus(Value x) => Node("Softplus", x);

    /// <summary>The absolute value; the gradient at 0 is 0.</summary>
    public static Value Abs(Value x) => Node("Abs", x);

    /// <summary>−1, 0 or 1.</summary>
    public static Value Sign(Value x) => Node("Sign", x);

    /// <summary>Elements below the least value become it, those above the largest likewise. No gradient flows where it clips.</summary>
    public static Value Clip(Value x, double low, double high) => Node("Clip", x, ScalarLike(x, low), ScalarLike(x, high));

    /// <summary>The smaller of two, element by element.</summary>
    public static Value Min(Value a, Value b) => Node("Min", a, b);

    /// <summary>The larger of two, element by element.</summary>
    public static Value Max(Value a, Value b) => Node("Max", a, b);

    /// <summary>The remainder of a division of integers, with the sign of the divisor.</summary>
    public static Value Mod(Value a, Value b) => Node("Mod", a, b);

    /// <summary>The value itself under another name, as an output needs it.</summary>
    public static Value Identity(Value x) => Node("Identity", x);

    /// <summary>The elements as another type; the value itself where it is of that type. Gradients flow between real types.</summary>
    public static Value Cast(Value x, DType type) => x.Type == type ? x : Node("Cast", new Attributes(("to", (long)type)), x);

    private static Value[] Share(Node n, Value δy, Value firstWins)
    {
        var tie = Cast(Equal(n.Input(0), n.Input(1)), δy.Type);
        var first = Mul(δy, Add(Cast(firstWins, δy.Type), Mul(tie, ScalarLike(δy, 0.5))));
        return [first, Sub(δy, first)];
    }
}
