using Jem.Kernels.Cpu.Products;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Tells our kernels of convolutions and products in the network, and of their gradients, to round factors to bfloat16. Sums, norms, weights and what
/// lies in no part of the network stay in float32: losses, queues and banks, and what an optimiser does. A kernel without the attribute, or an operator
/// of ONNX Runtime, does too.
/// </summary>
internal static class Bf16Products
{
    /// <summary>What a node has whose factors are rounded.</summary>
    public const string Attribute = "bf16";

    private static readonly string[] s_kernels = ["Conv", "ConvBias", "ConvGradInput", "ConvGradWeight", Gemm.Base, BatchedProduct.Base];

    // Parts that are no network.
    private static readonly string[] s_others = ["optimizer.", "ema."];

    public static void Apply(LoweredGraph graph)
    {
        bool IsProduct(NodeProto node) => node.Domain == JemKernels.Domain && s_kernels.Contains(node.OpType.Split('_')[0]);
        foreach (var node in graph.Nodes.Where(node => IsProduct(node) && IsInPart(node.Name)))
        {
            node.Attribute.Add(new AttributeProto { Name = Attribute, Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        }
    }

    // A node is named by its part, as in layer1.0.conv1.Conv_3, and one of a gradient by the node whose gradient it is: grad.layer1.0.conv1.Conv_3.Gemm_7.
    private static bool IsInPart(string name)
    {
        const string Gradient = "grad.";
        var isGradient = name.StartsWith(Gradient, StringComparison.Ordinal);
        return !s_others.Any(part => name.StartsWith(part, StringComparison.Ordinal))
            && (isGradient ? name[Gradient.Length..] : name).Count(letter => letter == '.') > (isGradient ? 1 : 0);
    }
}
