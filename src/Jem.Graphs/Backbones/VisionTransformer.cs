using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Nn.Layers;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Backbones;

/// <summary>What a vision transformer makes of images cut into T patches. The first token is the class token.</summary>
/// <param name="Blocks">The output of each block, [N,T+1,D].</param>
/// <param name="Normed">That of the last, normalised.</param>
public sealed record VisionTokens(IReadOnlyList<Value> Blocks, Value Normed)
{
    /// <summary>The mean of the last block's patches, normalised: [N,D].</summary>
    public Value Mean => Op.Mean(Patches(Normed), 1);

    /// <summary>Tokens [N,T+1,D] → those of the patches [N,T,D].</summary>
    public static Value Patches(Value tokens) => Slice(tokens, axis: 1, 1, tokens.Shape[1]);
}

/// <summary>
/// Vision transformers (Dosovitskiy et al., arXiv:2010.11929; widths of Touvron et al., arXiv:2012.12877) with timm's names and first
/// values, so that weights travel both ways. The representation is the class token.
/// </summary>
internal static class VisionTransformer
{
    private const int HeadWidth = 64;

    private const double Epsilon = 1e-6;

    private static readonly Init s_init = Init.TruncatedNormal(0.02);

    public static BackboneOptions Resolve(BackboneOptions options, int depth, long side)
    {
        var patch = options.Patch > 0 ? options.Patch : new BackboneOptions().StemFor(side) == "large" ? 16 : 4;
        PatchGrid.Check(side, patch);
        return options.Stem != "auto" ? throw new ArgumentException(
            $"backbone.stem is '{options.Stem}', but {options.Name} has no stem. Leave it at auto and set backbone.patch: "
            + "small patches see small images better.")
            : options.Width % Heads(options.Width) != 0 ? throw new ArgumentException(
                $"backbone.width is {options.Width}; {options.Name} has a head for each {HeadWidth} channels, "
                + $"and {Heads(options.Width)} heads do not divide it. Take a multiple of {HeadWidth}, such as {options.Width / HeadWidth * HeadWidth}.")
            : options with { Depth = options.Depth > 0 ? options.Depth : depth, Patch = patch };
    }

    public static Value Build(Net net, Value images, BackboneOptions options, long side)
    {
        var tokens = Tokens(net, images, options, side);
        return options.Pool == "mean" ? tokens.Mean : Squeeze(Slice(tokens.Normed, axis: 1, 0, 1), 1);
    }

    /// <summary>Images [N,C,H,W] → tokens [N,T+1,D].</summary>
    /// <param name="options">Resolved.</param>
    /// <param name="side">Of the images whose patches have positions of their own; others take those between.</param>
    /// <param name="mask">[N,T]: where it is 1, a token that is learnt stands for the patch, as in BEiT (arXiv:2106.08254).</param>
    public static VisionTokens Tokens(Net net, Value images, BackboneOptions options, long side, Value? mask = null)
    {
        var x = Embed(net, images, options, side, mask);
        var blocks = new List<Value>();
        for (var i = 0; i < options.Depth; i++)
        {
            using var scope = net.Enter($"blocks.{i}");
            x += Attention(net, LayerNorm(net, "norm1", x, Epsilon));
            x += Mlp(net, LayerNorm(net, "norm2", x, Epsilon));
            blocks.Add(x);
        }

        return new VisionTokens(blocks, LayerNorm(net, "norm", x, Epsilon));
    }

    private static Value Embed(Net net, Value images, BackboneOptions options, long side, Value? mask)
    {
        var (patch, width) = (options.Patch, options.Width);
        var (rows, columns) = (PatchGrid.Check(images.Shape[2], patch), PatchGrid.Check(images.Shape[3], patch));
        var own = side / patch;
        Value patches;
        using (net.Enter("patch_embed"))
        {
            patches = PatchConv2d(net, "proj", images, width, patch, Init.LinearDefault(images.Shape[1] * patch * patch));
            patches = Reshape(patches, [images.Shape[0], rows * columns, width]);
        }

        var classToken = net.Parameter("cls_token", [1, 1, width], new Init(InitKind.Normal, 1e-6), regularized: false);
        var positions = net.Parameter("pos_embed", [1, (own * own) + 1, width], s_init, regularized: false);
        if (mask is not null)
        {
            var hidden = Unsqueeze(mask, 2);
            patches = (patches * (1 - hidden)) + (hidden * net.Parameter("mask_token", [1, 1, width], s_init, regularized: false));
        }

        // A zero row is put before the patches and the class token is added to it: broadcasting then serves any number of images.
        var parts = Split(positions, 1, 1, own * own);
        return Pad(patches, [0, 1, 0, 0, 0, 0]) + Concat(1, parts[0] + classToken, PatchGrid.Resample(parts[1], own, rows, columns));
    }

    private static Value Attention(Net net, Value x)
    {
        using var scope = net.Enter("attn");
        var (images, tokens, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        var heads = Heads(width);
        var parts = Split(Linear(net, "qkv", x, 3 * width, s_init), 2, width, width, width)
            .Select(part => Reshape(part, [images, tokens, heads, width / heads])).ToList();
        var (q, k, v) = (Transpose(parts[0], 0, 2, 1, 3), Transpose(parts[1], 0, 2, 3, 1), Transpose(parts[2], 0, 2, 1, 3));
        var attention = Softmax(MatMul(q * (1 / Math.Sqrt(width / heads)), k));
        return Linear(net, "proj", Reshape(Transpose(MatMul(attention, v), 0, 2, 1, 3), x.Shape), width, s_init);
    }

    private static Value Mlp(Net net, Value x)
    {
        using var scope = net.Enter("mlp");
        return Linear(net, "fc2", Gelu(net, Linear(net, "fc1", x, 4 * x.Shape[2], s_init)), x.Shape[2], s_init);
    }

    private static long Heads(long width) => Math.Max(1, width / HeadWidth);
}
