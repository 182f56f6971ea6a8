using Jem.Kernels.Cpu.Conv;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Convolutions that are faster in one of our forms, and those with more filters than output positions. ONNX Runtime computes the latter image by
/// image, each a small matrix product that the threads share, which costs more than it saves: in the last two stages of a ResNet-18 of width 16, two
/// threads take three times as long as one. Constant filters are left to it, for it rearranges them.
/// </summary>
internal static class Convolutions
{
    public static void Apply(LoweredGraph graph, bool direct)
    {
        foreach (var node in graph.Nodes.Where(node => node is { OpType: "Conv", Domain: "" } && !graph.IsConstant(node.Input[1])))
        {
            if (graph.Shape(node.Input[0]) is [_, _, > 0, > 0] input && graph.Shape(node.Input[1]) is { Length: 4 } filter
                && graph.Shape(node.Output[0]) is [_, _, > 0, > 0] output && Window(node, filter) is { } window
                && (IsSlow(window, filter, output) || (!direct && ConvForms.Of(window, Image(input), Image(output)) is not null)))
            {
                graph.Give(node, node.Input.Count == 3 ? ConvForward.Biased : node.OpType);
            }
        }
    }

    private static (int C, int H, int W) Image(long[] shape) => ((int)shape[1], (int)shape[2], (int)shape[3]);

    private static bool IsSlow(SlidingWindow window, long[] filter, long[] output) =>
        window is { StrideHeight: 1, StrideWidth: 1 } && filter[0] / window.Group > output[2] * output[3];

    // Of a convolution that the kernels compute: padded no further than a filter reaches.
    private static SlidingWindow? Window(NodeProto node, long[] filter)
    {
        AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        int[] Ints(string name, params int[] absent) => Attribute(name) is { } given ? [.. given.Ints.Select(value => (int)value)] : absent;
        var (strides, dilations, pads) = (Ints("strides", 1, 1), Ints("dilations", 1, 1), Ints("pads", 0, 0, 0, 0));
        return Attribute("auto_pad") is null && !pads.Where((pad, i) => pad > (filter[2 + (i % 2)] - 1) * dilations[i % 2]).Any()
            ? new SlidingWindow(
                (int)filter[2], (int)filter[3], strides[0], strides[1], pads[0], pads[1], pads[2], pads[3], dilations[0], dilations[1],
                (int)(Attribute("group")?.I ?? 1))
            : null;
    }
}
