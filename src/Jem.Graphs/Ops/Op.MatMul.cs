using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Matrix products.</content>
public static partial class Op
{
    internal static readonly OpRow[] MatMulRows =
    [
        new("MatMul", InferMatMul, (n, δy) => [MatMul(δy, SwapLast(n.Input(1))), MatMul(SwapLast(n.Input(0)), δy)]),
        new("Gemm", InferGemm, GemmGradient),
    ];

    /// <summary>Products of the last two axes; axes before them broadcast. Both inputs have rank ≥ 2.</summary>
    public static Value MatMul(Value a, Value b) => Node("MatMul", a, b);

    /// <summary>α·A′B′ + β·c, where ′ transposes on request and c [N], [1,N] or [M,N] broadcasts.</summary>
    public static Value Gemm(Value a, Value b, Value? c = null, bool transA = false, bool transB = false, double alpha = 1, double beta = 1)
    {
        var attributes = new Attributes(("transA", transA ? 1L : 0L), ("transB", transB ? 1L : 0L), ("alpha", alpha), ("beta", beta));
        return c is null ? Node("Gemm", attributes, a, b) : Node("Gemm", attributes, a, b, c);
    }

    /// <summary>The transpose of the last two axes.</summary>
    public static Value SwapLast(Value x)
    {
        var order = Enumerable.Range(0, x.Shape.Rank).Select(axis => (long)axis).ToArray();
        if (order.Length < 2)
        {
            throw Failure(x.Graph, "Transpose", [x], "expected two axes to swap.");
        }

        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Transpose(x, order);
    }

    private static IReadOnlyList<(DType, Shape)> InferMatMul(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        Shapes.Expect(a.Rank >= 2 && b.Rank >= 2, $"matrices of rank ≥ 2, got {a} and {b}.");
        Shapes.Expect(a[-1] == b[-2], $"as many columns in {a} as rows in {b}: {a[-1]} ≠ {b[-2]}.");
        var batch = Shapes.Broadcast([.. a.SkipLast(2)], [.. b.SkipLast(2)]);
        return [(Shapes.SameType(inputs), [.. batch, a[-2], b[-1]])];
    }

    private static IReadOnlyList<(DType, Shape)> InferGemm(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        Shapes.Expect(a.Rank == 2 && b.Rank == 2, $"matrices, got {a} and {b}.");
        var (m, k) = attributes.Int("transA", 0) == 1 ? (a[1], a[0]) : (a[0], a[1]);
        var (rows, n) = attributes.Int("transB", 0) == 1 ? (b[1], b[0]) : (b[0], b[1]);
        Shapes.Expect(k == rows, $"inner dimensions that agree, got {k} and {rows} of {a} and {b}.");
        Shapes.Expect(inputs.Count < 3 || Shapes.Broadcast([m, n], inputs[2].Shape).Equals([m, n]), "an addend that broadcasts to the product.");
        return [(Shapes.SameType(inputs), [m, n])];
    }

    private static IReadOnlyList<Value?> GemmGradient(Node n, Value δy)
    {
        var (a, b) = (n.Input(0), n.Input(1));
        var (transA, transB) = (n.Attributes.Int("transA", 0) == 1, n.Attributes.Int("transB", 0) == 1);
        var (alpha, beta) = (n.Attributes.Real("alpha", 1), n.Attributes.Real("beta", 1));
        var δa = transA
            ? Gemm(b, δy, transA: transB, transB: true, alpha: alpha)
            : Gemm(δy, b, transB: !transB, alpha: alpha);
        var δb = transB
            ? Gemm(δy, a, transA: true, transB: transA, alpha: alpha)
            : Gemm(a, δy, transA: !transA, alpha: alpha);
        return n.Inputs.Count < 3 ? [δa, δb] : [δa, δb, beta == 1 ? δy : Mul(δy, ScalarLike(δy, beta))];
    }
}
