namespace Jem.Kernels.Lowering;

/// <summary>sign(x)·y, the gradient of a ReLU: ONNX Runtime takes signs on one thread.</summary>
internal static class ReluGradients
{
    public const string SignMul = "SignMul";

    public static void Apply(LoweredGraph graph)
    {
        foreach (var sign in graph.Nodes.Where(node => node is { OpType: "Sign", Domain: "" }).ToList())
        {
            if (graph.OnlyUser(sign.Output[0], "Mul") is { } mul && mul.Input[0] != mul.Input[1] && graph.AreAlike(mul.Input[0], mul.Input[1]))
            {
                var other = mul.Input[0] == sign.Output[0] ? mul.Input[1] : mul.Input[0];
                graph.Replace(mul, SignMul, mul, [sign.Input[0], other], [.. mul.Output], sign);
            }
        }
    }
}
