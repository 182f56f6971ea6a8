using Onnx;

namespace Jem.Kernels;

/// <summary>
/// Gives standard operators of a model to our kernels where ONNX Runtime's are slow. Only the session sees it: a program stays
/// as it was written.
/// </summary>
internal static class Lowering
{
    /// <summary>The kernel of a ReLU's gradient.</summary>
    public const string SignMul = "SignMul";

    /// <summary>For a GPU, where only ReLU's gradient gains.</summary>
    /// <inheritdoc cref="Apply"/>
    public static IReadOnlyList<string> ApplyCuda(ModelProto model) => HasFunctions(model) ? [.. Signs(model.Graph).Distinct()] : [];

    /// <summary>For the processor.</summary>
    /// <param name="model">A model with <c>jem</c> functions; its nodes are changed.</param>
    /// <returns>The names of the kernels that it now needs besides.</returns>
    public static IReadOnlyList<string> Apply(ModelProto model) =>
        HasFunctions(model) ? [.. Convolutions(model.Graph).Concat(Signs(model.Graph)).Distinct()] : [];

    private static bool HasFunctions(ModelProto model) => model.OpsetImport.Any(opset => opset.Domain == JemKernels.Domain);

    // Convolutions with more filters than output positions. ONNX Runtime computes these image by image, each a small matrix product
    // that the threads share, which costs more than it saves: in the last two stages of a ResNet-18 of width 16, two threads take
    // three times as long as one. Constant filters are left to it, for it rearranges them.
    private static List<string> Convolutions(GraphProto graph)
    {
        var shapes = graph.Input.Concat(graph.Output).Concat(graph.ValueInfo)
            .Where(value => value.Type.TensorType.ElemType == (int)TensorProto.Types.DataType.Float)
            .ToDictionary(value => value.Name, value => value.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue).ToArray());
        var constant = graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        var slow = graph.Node.Where(node => node is { OpType: "Conv", Domain: "", Input.Count: 2 }
            && !constant.Contains(node.Input[1])
            && shapes.TryGetValue(node.Input[1], out var filter) && shapes.TryGetValue(node.Output[0], out var output)
            && filter.Length == 4 && output is [_, _, > 0, > 0]
            && filter[0] / Group(node) > output[2] * output[3]
            && CanConvolve(node, filter)).ToList();
        slow.ForEach(node => node.Domain = JemKernels.Domain);
        return [.. slow.Select(node => node.OpType)];
    }

    private static bool CanConvolve(NodeProto node, long[] filter)
    {
        var (dilations, pads) = (Ints(node, "dilations", [1, 1]), Ints(node, "pads", [0, 0, 0, 0]));
        return Ints(node, "strides", [1, 1]) is [1, 1] && Attribute(node, "auto_pad") is null
            && pads.Select((pad, i) => pad <= (filter[2 + (i % 2)] - 1) * dilations[i % 2]).All(fits => fits);
    }

    // sign(x)·y, the gradient of a ReLU: ONNX Runtime takes signs on one thread.
    private static List<string> Signs(GraphProto graph)
    {
        var users = graph.Node.SelectMany(node => node.Input.Select(input => (input, node))).ToLookup(use => use.input, use => use.node);
        var outputs = graph.Output.Select(output => output.Name).ToHashSet();
        var types = graph.ValueInfo.Where(value => value.Type.TensorType.ElemType == (int)TensorProto.Types.DataType.Float)
            .ToDictionary(value => value.Name, value => value.Type.TensorType.Shape);
        var pairs = graph.Node.Where(node => node is { OpType: "Sign", Domain: "" } && !outputs.Contains(node.Output[0]))
            .Select(sign => (Sign: sign, Users: users[sign.Output[0]].ToList()))
            .Where(pair => pair.Users is [{ OpType: "Mul", Domain: "" } mul] && mul.Input[0] != mul.Input[1]
                && types.TryGetValue(mul.Input[0], out var left) && types.TryGetValue(mul.Input[1], out var right) && left.Equals(right))
            .Select(pair => (pair.Sign, Mul: pair.Users[0])).ToList();
        foreach (var (sign, mul) in pairs)
        {
            var other = mul.Input[0] == sign.Output[0] ? mul.Input[1] : mul.Input[0];
            (mul.OpType, mul.Domain) = (SignMul, JemKernels.Domain);
            mul.Input.Clear();
            mul.Input.AddRange([sign.Input[0], other]);
            graph.Node.Remove(sign);
            graph.ValueInfo.Remove(graph.ValueInfo.First(value => value.Name == sign.Output[0]));
        }

        return [.. pairs.Select(_ => SignMul)];
    }

    private static long Group(NodeProto node) => Attribute(node, "group")?.I ?? 1;

    private static long[] Ints(NodeProto node, string name, long[] absent) =>
        Attribute(node, name) is { } attribute ? [.. attribute.Ints] : absent;

    private static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
