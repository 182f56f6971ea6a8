using Jem.Kernels.Cpu.Layouts;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>Expansions of the last axes, which ONNX Runtime computes on one thread.</summary>
internal static class Expansions
{
    // Numbers, below which the call of a kernel of ours takes longer than it saves.
    private const long Least = 1 << 15;

    public static void Apply(LoweredGraph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node is { OpType: "Expand", Domain: "" } && !graph.IsConstant(node.Input[0])).ToList())
        {
            if (graph.Shape(node.Input[0]) is { } from && graph.Shape(node.Output[0]) is { } to && from.Concat(to).All(side => side > 0)
                && to.Aggregate(1L, (size, side) => size * side) >= Least && Expansion.Repeats(from, to) is > 1)
            {
                var shape = new AttributeProto { Name = "shape", Type = AttributeProto.Types.AttributeType.Ints, Ints = { to } };
                graph.Replace(node, Expansion.Base, new NodeProto { Attribute = { shape } }, [node.Input[0]], [.. node.Output]);
            }
        }
    }
}
