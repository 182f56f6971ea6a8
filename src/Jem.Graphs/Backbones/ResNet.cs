using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Nn.Layers;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Backbones;

/// <summary>Residual networks (He et al., arXiv:1512.03385) with torchvision's names, so that weights travel both ways.</summary>
internal static class ResNet
{
    /// <summary>A block: x and its width and stride in, [N,width·expansion,H/stride,W/stride] out.</summary>
    internal delegate Value Block(Net net, Value x, long width, int stride);

    public static Value Build(Net net, Value images, BackboneOptions options, long side, Block block, ReadOnlySpan<int> depths)
    {
        var x = Stem(net, images, options.Width, options.StemFor(side) == "large");
        for (var stage = 0; stage < depths.Length; stage++)
        {
            using var stageScope = net.Enter($"layer{stage + 1}");
            for (var i = 0; i < depths[stage]; i++)
            {
                using var blockScope = net.Enter($"{i}");
                x = block(net, x, (long)options.Width << stage, stride: stage > 0 && i == 0 ? 2 : 1);
            }
        }

        return Flatten(GlobalAveragePool(x));
    }

    private static Value Stem(Net net, Value images, int width, bool large)
    {
        var x = Relu(BatchNorm(net, "bn1", Conv2d(net, "conv1", images, width, kernel: large ? 7 : 3, stride: large ? 2 : 1)));
        return large ? MaxPool(x, kernel: 3, stride: 2, padding: 1) : x;
    }

    internal static Value Basic(Net net, Value x, long width, int stride)
    {
        var y = Relu(BatchNorm(net, "bn1", Conv2d(net, "conv1", x, width, kernel: 3, stride)));
        y = BatchNorm(net, "bn2", Conv2d(net, "conv2", y, width, kernel: 3));
        return Relu(y + Shortcut(net, x, width, stride));
    }

    // The stride lies on the 3×3 convolution, as in torchvision (ResNet v1.5).
    internal static Value Bottleneck(Net net, Value x, long width, int stride)
    {
        const int Expansion = 4;
        var y = Relu(BatchNorm(net, "bn1", Conv2d(net, "conv1", x, width, kernel: 1)));
        y = Relu(BatchNorm(net, "bn2", Conv2d(net, "conv2", y, width, kernel: 3, stride)));
        y = BatchNorm(net, "bn3", Conv2d(net, "conv3", y, width * Expansion, kernel: 1));
        return Relu(y + Shortcut(net, x, width * Expansion, stride));
    }

    private static Value Shortcut(Net net, Value x, long outputs, int stride)
    {
        if (stride == 1 && x.Shape[1] == outputs)
        {
            return x;
        }

        using var scope = net.Enter("downsample");
        return BatchNorm(net, "1", Conv2d(net, "0", x, outputs, kernel: 1, stride));
    }
}
