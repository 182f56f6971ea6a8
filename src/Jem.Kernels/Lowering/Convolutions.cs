using Jem.Kernels.Cpu.Winograd;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Convolutions for which Winograd's transforms pay, and those with more filters than output positions. ONNX Runtime computes the latter image by
/// image, each a small matrix product that the threads share, which costs more than it saves: in the last two stages of a ResNet-18 of width 16, two
/// threads take three times as long as one. Constant filters are left to it, for it rearranges them.
/// </summary>
internal static class Convolutions
{
    public static void Apply(LoweredGraph graph, bool direct)
    {
        foreach (var node in graph.Nodes.Where(node => node is { OpType: "Conv", Domain: "", Input.Count: 2 } && !graph.IsConstant(node.Input[1])))
        {
            if (graph.Shape(node.Input[1]) is { Length: 4 } filter && graph.Shape(node.Output[0]) is [_, _, > 0, > 0] output
                && Window(node, filter) is { } window && (filter[0] / window.Group > output[2] * output[3] || (!direct && IsWinograd(window, filter, output))))
            {
                graph.Give(node);
            }
        }
    }

    // Of a convolution that the kernel computes: of stride 1, and padded no further than a filter reaches.
    private static SlidingWindow? Window(NodeProto node, long[] filter)
    {
        AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        int[] Ints(string name, params int[] absent) => Attribute(name) is { } given ? [.. given.Ints.Select(value => (int)value)] : absent;
        var (strides, dilations, pads) = (Ints("strides", 1, 1), Ints("dilations", 1, 1), Ints("pads", 0, 0, 0, 0));
        return strides is [1, 1] && Attribute("auto_pad") is null && !pads.Where((pad, i) => pad > (filter[2 + (i % 2)] - 1) * dilations[i % 2]).Any()
            ? new SlidingWindow(
                (int)filter[2], (int)filter[3], 1, 1, pads[0], pads[1], pads[2], pads[3], dilations[0], dilations[1], (int)(Attribute("group")?.I ?? 1))
            : null;
    }

    private static bool IsWinograd(SlidingWindow window, long[] filter, long[] output)
    {
        var (h, w) = ((int)output[2] - window.Top - window.Bottom + window.Height - 1, (int)output[3] - window.Left - window.Right + window.Width - 1);
        return WinogradForms.Of(window, ((int)filter[1] * window.Group, h, w), ((int)filter[0], (int)output[2], (int)output[3])) is not null;
    }
}
