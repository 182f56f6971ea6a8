using Jem.Kernels.Cpu.Layouts;

namespace Jem.Kernels.Lowering;

/// <summary>Transpositions of matrices in batches, which ONNX Runtime computes number by number on one thread.</summary>
internal static class Transpositions
{
    // Numbers, below which the call of a kernel of ours takes longer than it saves.
    private const long Least = 1 << 15;

    public static void Apply(LoweredGraph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node is { OpType: "Transpose", Domain: "" } && !graph.IsConstant(node.Input[0])).ToList())
        {
            if (graph.Shape(node.Output[0]) is { } shape && shape.All(side => side > 0) && shape.Aggregate(1L, (size, side) => size * side) >= Least
                && node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm") is { } perm
                && Transposition.Runs([.. perm.Ints.Select(axis => (int)axis)]) is not null)
            {
                graph.Replace(node, Transposition.Base, node.Clone(), [.. node.Input], [.. node.Output]);
            }
        }
    }
}
