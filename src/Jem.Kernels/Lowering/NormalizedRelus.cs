using Jem.Kernels.Cpu.Norm;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Batch norm with the ReLU behind it, and with an addition between them, as residual blocks have it; and their gradients. Each saves a pass over the
/// activations forwards and backwards. It follows <see cref="ReluGradients"/>.
/// </summary>
internal static class NormalizedRelus
{
    public static void Apply(LoweredGraph graph)
    {
        foreach (var norm in graph.Nodes.Where(node => Is(node, BatchNormTraining.Alone)).ToList())
        {
            var (y, mean) = (norm.Output[0], norm.Output[1]);
            var gradients = graph.Users(mean).Where(node => Is(node, BatchNormGrad.Alone) && node.Input[3] == mean).ToList();
            if (graph.OnlyUser(y, "Relu") is { } relu)
            {
                Fuse(graph, norm, relu, gradients);
            }
            else if (graph.OnlyUser(y, "Add") is { } add && add.Input[0] != add.Input[1] && graph.AreAlike(add.Input[0], add.Input[1])
                && graph.OnlyUser(add.Output[0], "Relu") is { } behind)
            {
                FuseSkipping(graph, norm, add, behind, gradients);
            }
        }
    }

    private static void Fuse(LoweredGraph graph, NodeProto norm, NodeProto relu, List<NodeProto> gradients)
    {
        var (x, scale, bias, mean, variance, z) = (norm.Input[0], norm.Input[1], norm.Input[2], norm.Output[1], norm.Output[2], relu.Output[0]);
        var sign = SignOf(graph, z, gradients);
        graph.Replace(relu, BatchNormTraining.Relu, norm, [x, scale, bias], [z, mean, variance], norm);
        if (sign is not null && graph.Users(sign.Output[0]).Count == 1)
        {
            var gradient = gradients[0];
            graph.Replace(gradient, BatchNormGrad.Relu, gradient, [x, sign.Input[1], scale, mean, variance, bias], [.. gradient.Output], sign);
        }
    }

    // The masked gradient is that of what is added, too. Its node stands where the mask was, before all that read it.
    private static void FuseSkipping(LoweredGraph graph, NodeProto norm, NodeProto add, NodeProto relu, List<NodeProto> gradients)
    {
        var (x, scale, bias, mean, variance, z) = (norm.Input[0], norm.Input[1], norm.Input[2], norm.Output[1], norm.Output[2], relu.Output[0]);
        var (sign, skip) = (SignOf(graph, z, gradients), add.Input[0] == norm.Output[0] ? add.Input[1] : add.Input[0]);
        graph.Replace(relu, BatchNormTraining.AddRelu, norm, [x, scale, bias, skip], [z, mean, variance], norm, add);
        if (sign is not null)
        {
            var gradient = gradients[0];
            string[] outputs = [.. gradient.Output, sign.Output[0]];
            graph.Replace(sign, BatchNormGrad.AddRelu, gradient, [x, sign.Input[1], scale, mean, variance, z], outputs, gradient);
        }
    }

    // The mask of a norm's gradient; null where there is not just that.
    private static NodeProto? SignOf(LoweredGraph graph, string z, List<NodeProto> gradients) => gradients is [var gradient]
        ? graph.Users(z).FirstOrDefault(node => Is(node, ReluGradients.SignMul) && node.Input[0] == z && node.Output[0] == gradient.Input[1])
        : null;

    private static bool Is(NodeProto node, string kernel) => node.Domain == JemKernels.Domain && node.OpType.Split('_')[0] == kernel;
}
