using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Nn.Layers;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Backbones;

/// <summary>
/// ConvNeXt (Liu et al., arXiv:2201.03545) with torchvision's names and first values, so that weights travel both ways; without
/// stochastic depth. Small images are cut into patches of 2 pixels instead of 4. Values are [N,H,W,C] between the blocks.
/// </summary>
internal static class ConvNeXt
{
    private const double Epsilon = 1e-6;

    private static readonly Init s_init = Init.TruncatedNormal(0.02);

    public static Value Build(Net net, Value images, BackboneOptions options, long side, ReadOnlySpan<int> depths)
    {
        var patch = Patch(options, side);
        CheckSide(images, options, patch, LeastSide(options, side));
        Value x;
        using (net.Enter("features.0"))
        {
            x = LayerNorm(net, "1", PatchConv2d(net, "0", images, options.Width, patch, s_init, Init.Zeros), Epsilon);
        }

        for (var stage = 0; stage < depths.Length; stage++)
        {
            if (stage > 0)
            {
                using var scope = net.Enter($"features.{2 * stage}");
                x = PatchConv2d(net, "1", ChannelsFirst(LayerNorm(net, "0", x, Epsilon)), (long)options.Width << stage, 2, s_init, Init.Zeros);
            }

            for (var i = 0; i < depths[stage]; i++)
            {
                using var scope = net.Enter($"features.{(2 * stage) + 1}.{i}");
                x += Block(net, x);
            }
        }

        return LayerNorm(net, "classifier.0", Mean(x, 1, 2), Epsilon);
    }

    /// <summary>A side that is a pixel in the last of the four stages.</summary>
    public static int LeastSide(BackboneOptions options, long side) => Patch(options, side) << 3;

    private static int Patch(BackboneOptions options, long side) => options.StemFor(side) == "large" ? 4 : 2;

    /// <summary>What a block adds: a depthwise convolution, then a perceptron at each place, scaled by almost nothing at first.</summary>
    private static Value Block(Net net, Value x)
    {
        var channels = x.Shape[3];
        var scale = net.Parameter("layer_scale", [channels, 1, 1], new Init(InitKind.Constant, 1e-6), regularized: false);
        using var scope = net.Enter("block");
        var y = ChannelsLast(DepthwiseConv2d(net, "0", ChannelsFirst(x), kernel: 7, s_init));
        y = Gelu(net, Linear(net, "3", LayerNorm(net, "2", y, Epsilon), 4 * channels, s_init));
        return Linear(net, "5", y, channels, s_init) * Reshape(scale, [channels]);
    }

    private static Value ChannelsFirst(Value x) => Transpose(x, 0, 3, 1, 2);

    private static Value ChannelsLast(Value x) => Transpose(x, 0, 2, 3, 1);

    private static void CheckSide(Value images, BackboneOptions options, int patch, int least)
    {
        if (Math.Min(images.Shape[2], images.Shape[3]) < least)
        {
            var advice = patch == 2 ? "" : $", or of {least / 2} with backbone.stem=small";
            throw new ArgumentException(
                $"Images of {images.Shape[2]}×{images.Shape[3]} pixels are too small for {options.Name}, which halves them down to nothing; "
                + $"it needs a side of {least} or more{advice}.");
        }
    }
}
