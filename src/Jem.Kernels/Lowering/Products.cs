using Jem.Kernels.Cpu.Products;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Products of matrices that are large enough to gain, and batches of them, whose factors and results our kernel reads and writes in the order in
/// which they lie: transpositions around them go. Constant factors are left to ONNX Runtime, for it rearranges them.
/// </summary>
internal static class Products
{
    // Multiplications, below which the call of a kernel of ours takes longer than it saves.
    private const long LeastOfGemm = 1 << 18, LeastOfBatch = 1 << 20;

    public static void Apply(LoweredGraph graph)
    {
        var producers = graph.Nodes.Where(node => node is { OpType: "Transpose", Domain: "" }).ToDictionary(node => node.Output[0]);
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0 && !node.Input.Any(graph.IsConstant)).ToList())
        {
            if (node.OpType == "Gemm" && IsPlain(graph, node))
            {
                var sums = SumsOf(graph, node);
                string[] outputs = [.. node.Output, .. sums is null ? [] : sums.Output];
                var attributes = With(node, Int("inputs", node.Input.Count), Int("outputs", outputs.Length));
                graph.Replace(
                    node, $"{Gemm.Base}_{node.Input.Count}_{outputs.Length}", attributes, [.. node.Input], outputs, [.. sums is null ? [] : new[] { sums }]);
            }
            else if (node.OpType == "MatMul" && graph.Shape(node.Input[0]) is { Length: >= 2 } a && graph.Shape(node.Input[1]) is { Length: >= 2 } b
                && graph.Shape(node.Output[0]) is { } y && a.Concat(b).All(side => side > 0) && a.SkipLast(2).SequenceEqual(b.SkipLast(2))
                && Size(y) * a[^1] >= LeastOfBatch)
            {
                Replace(graph, node, producers);
            }
        }

        graph.DropUnread(producers.Values);

        // Who reads a sum may stand in front of the product that now computes it.
        graph.Sort();
    }

    // α = β = 1, a bias for each column if any.
    private static bool IsPlain(LoweredGraph graph, NodeProto node)
    {
        bool IsOne(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is not { F: not 1 };
        return IsOne("alpha") && IsOne("beta") && graph.Shape(node.Input[0]) is [> 0, > 0] a && graph.Shape(node.Input[1]) is [> 0, > 0]
            && graph.Shape(node.Output[0]) is [> 0, > 0] y && y[0] * y[1] * a[IsTurned(node) ? 0 : 1] >= LeastOfGemm
            && (node.Input.Count == 2 || (graph.Shape(node.Input[2]) is [.., var last] bias && last == y[1] && Size(bias) == last));
    }

    private static bool IsTurned(NodeProto gemm) => gemm.Attribute.Any(attribute => attribute is { Name: "transA", I: not 0 });

    // The sum over what the product sums over, too: a layer's gradient by its bias beside that by its weights.
    private static NodeProto? SumsOf(LoweredGraph graph, NodeProto gemm) => IsTurned(gemm)
        ? graph.Users(gemm.Input[0]).FirstOrDefault(node => node is { OpType: "ReduceSum", Domain: "", Input.Count: 2 }
            && graph.Integers(node.Input[1]) is [0] && node.Attribute.Any(each => each is { Name: "keepdims", I: 0 }) && !graph.LeadsTo(node, gemm))
        : null;

    private static void Replace(LoweredGraph graph, NodeProto node, Dictionary<string, NodeProto> transposes)
    {
        var (a, permA) = Source(graph, node.Input[0], transposes);
        var (b, permB) = Source(graph, node.Input[1], transposes);
        var (output, permY, others) = (node.Output[0], Straight(graph.Shape(node.Output[0])!.Length), Array.Empty<NodeProto>());
        if (graph.OnlyUser(output, "Transpose") is { } behind && Perm(behind) is { } perm && BatchedProduct.Takes(Inverse(perm)))
        {
            (output, permY, others) = (behind.Output[0], Inverse(perm), [behind]);
            transposes.Remove(output);
        }

        var attributes = new NodeProto { Attribute = { Ints("a", permA), Ints("b", permB), Ints("y", permY) } };
        graph.Replace(node, BatchedProduct.Base, attributes, [a, b], [output], others);
    }

    // What a factor is read from, and which of its axes are the factor's.
    private static (string Name, long[] Perm) Source(LoweredGraph graph, string name, Dictionary<string, NodeProto> transposes)
    {
        var (source, perm) = (name, Straight(graph.Shape(name)!.Length));
        while (transposes.TryGetValue(source, out var transpose) && Perm(transpose) is { } its && BatchedProduct.Takes([.. perm.Select(axis => its[axis])]))
        {
            (source, perm) = (transpose.Input[0], [.. perm.Select(axis => its[axis])]);
        }

        return (source, perm);
    }

    private static long[] Straight(int rank) => [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];

    private static long[] Inverse(long[] perm) => [.. Straight(perm.Length).Select(axis => (long)Array.IndexOf(perm, axis))];

    private static long[]? Perm(NodeProto transpose) =>
        transpose.Attribute.FirstOrDefault(attribute => attribute.Name == "perm") is { } perm ? [.. perm.Ints] : null;

    private static long Size(long[] shape) => shape.Aggregate(1L, (product, side) => product * side);

    private static NodeProto With(NodeProto node, params AttributeProto[] attributes) => new() { Attribute = { node.Attribute, attributes } };

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
