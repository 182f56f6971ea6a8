using Jem.Kernels.Cpu.Norm;
using Jem.Kernels.Cuda;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Images with channels last, as cuDNN's kernels for matrix units read them: their numbers lie as [N,H,W,C], while the shape that ONNX Runtime sees
/// stays [N,C,H,W]. Convolutions, batch norms and max pooling have kernels for it, operators on numbers of one place do not care, and before all
/// others the numbers are put back.
/// </summary>
internal static class ChannelsLast
{
    public const string Prefix = "ChannelsLast", ToLast = "ToChannelsLast", ToFirst = "ToChannelsFirst";

    // The inputs and outputs that are images.
    private static readonly Dictionary<string, (int[] Inputs, int[] Outputs)> s_images = new()
    {
        ["Conv"] = ([0], [0]),
        ["ConvGradInput"] = ([0], [0]),
        ["ConvGradWeight"] = ([0, 1], []),
        [BatchNormTraining.Alone] = ([0], [0]),
        [BatchNormGrad.Alone] = ([0, 1], [0]),
        [BatchNormTraining.Relu] = ([0], [0]),
        [BatchNormTraining.AddRelu] = ([0, 3], [0]),
        [BatchNormGrad.Relu] = ([0, 1], [0]),
        [BatchNormGrad.AddRelu] = ([0, 1, 5], [0, 3]),
        ["MaxPool"] = ([0], [0]),
        ["MaxPoolGrad"] = ([0, 1], [0]),
    };

    private static readonly HashSet<string> s_ofOnePlace =
    [
        "Add", "Sub", "Mul", "Div", "Neg", "Abs", "Sign", "Sqrt", "Exp", "Erf", "Min", "Max", "Relu", "Identity",
        "SignMul", "Gelu", "GeluGrad", "Elementwise",
    ];

    /// <summary>The names of the nodes that have a kernel for it.</summary>
    public static IEnumerable<string> Names => s_images.Keys;

    public static void Apply(LoweredGraph graph)
    {
        if (!graph.Nodes.Any(node => Base(node) == "Conv" && Images(graph, node) is not null))
        {
            return;
        }

        var nodes = new List<NodeProto>();
        var (last, other) = (new HashSet<string>(), new Dictionary<string, string>());
        string Put(string value, bool isLast)
        {
            if (last.Contains(value) == isLast || graph.Shape(value) is not { Length: 4 })
            {
                return value;
            }

            if (!other.TryGetValue(value, out var turned))
            {
                other[value] = turned = $"{value}.{(isLast ? ToLast : ToFirst)}";
                nodes.Add(Turn(isLast, value, turned));
            }

            return turned;
        }

        foreach (var node in graph.Nodes)
        {
            var images = Images(graph, node) ?? IfOfOnePlace(graph, node, last);
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = Put(node.Input[i], images is { } those && those.Inputs.Contains(i));
            }

            if (s_images.ContainsKey(Base(node)) && images is not null)
            {
                (node.OpType, node.Domain) = (Prefix + Base(node), JemKernels.Domain);
            }

            nodes.Add(node);
            foreach (var i in images?.Outputs ?? [])
            {
                var name = node.Output[i];
                if (graph.IsOutput(name))
                {
                    node.Output[i] = other[name] = $"{name}.{ToLast}";
                    nodes.Add(Turn(isLast: false, node.Output[i], name));
                }
                else
                {
                    last.Add(name);
                }
            }
        }

        graph.Rewrite(nodes);
    }

    private static NodeProto Turn(bool isLast, string from, string to) =>
        new() { Name = to, OpType = isLast ? ToLast : ToFirst, Domain = JemKernels.Domain, Input = { from }, Output = { to } };

    private static string Base(NodeProto node) => node.OpType.Split('_')[0];

    private static (int[] Inputs, int[] Outputs)? Images(LoweredGraph graph, NodeProto node)
    {
        var isStandard = node switch
        {
            { OpType: "Conv", Input.Count: 2 } => true,
            { OpType: "MaxPool", Output.Count: 1 } => node.Attribute.All(attribute => attribute.Name != "auto_pad"),
            _ => false,
        };
        return node.Domain.Length == 0 != isStandard || !s_images.TryGetValue(Base(node), out var images)
            || graph.Shape(node.Input[0]) is not { Length: 4 } || !CudaRows.IsForCudnn(node) || CudaRows.IsGrouped(node)
            ? null
            : images;
    }

    // What reads one that lies so is computed so, and all its images with it.
    private static (int[] Inputs, int[] Outputs)? IfOfOnePlace(LoweredGraph graph, NodeProto node, HashSet<string> last)
    {
        static IEnumerable<int> Places(ICollection<string> names) => Enumerable.Range(0, names.Count);
        static bool IsOne(long[]? shape) => shape is not null && shape.All(size => size == 1);
        var shape = graph.Shape(node.Output[0]);
        return s_ofOnePlace.Contains(Base(node)) && shape is { Length: 4 } && node.Input.Any(last.Contains)
            && node.Input.All(input => graph.AreAlike(input, node.Output[0]) || IsOne(graph.Shape(input)))
            ? ([.. Places(node.Input).Where(i => graph.AreAlike(node.Input[i], node.Output[0]))], [.. Places(node.Output)])
            : null;
    }
}
