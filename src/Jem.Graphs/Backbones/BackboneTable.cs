using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Options;

namespace Jem.Graphs.Backbones;

/// <summary>Every backbone, by name.</summary>
public static class BackboneTable
{
    /// <param name="Width">Its own width.</param>
    /// <param name="Depth">A vision transformer's own number of blocks; 0 for other backbones.</param>
    /// <param name="Build">Images, resolved options and the side of the main images in; representations out.</param>
    /// <param name="LeastSide">Of an image in pixels, from the options and the side of the main images.</param>
    private sealed record Row(int Width, int Depth, Func<Net, Value, BackboneOptions, long, Value> Build, Func<BackboneOptions, long, int>? LeastSide = null);

    private static readonly Dictionary<string, Row> s_rows = new()
    {
        ["resnet18"] = new(64, 0, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Basic, [2, 2, 2, 2])),
        ["resnet34"] = new(64, 0, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Basic, [3, 4, 6, 3])),
        ["resnet50"] = new(64, 0, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Bottleneck, [3, 4, 6, 3])),
        ["vit_tiny"] = new(192, 12, VisionTransformer.Build),
        ["vit_small"] = new(384, 12, VisionTransformer.Build),
        ["convnext_tiny"] = new(96, 0, (net, x, options, side) => ConvNeXt.Build(net, x, options, side, [3, 3, 9, 3]), ConvNeXt.LeastSide),
    };

    public static IReadOnlyCollection<string> Names => s_rows.Keys;

    /// <summary>The options with the backbone's own width, depth and patch where they were left at 0.</summary>
    /// <param name="side">Of the main images, in pixels.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or means nothing to the backbone.</exception>
    public static BackboneOptions Resolve(BackboneOptions options, long side)
    {
        OptionTable.Check(options, "backbone");
        var row = s_rows[options.Name];
        var wide = options.Width > 0 ? options : options with { Width = row.Width };
        return row.Depth > 0 ? VisionTransformer.Resolve(wide, row.Depth, side)
            : options is { Depth: 0, Patch: 0 } ? wide
            : throw new ArgumentException($"backbone.{(options.Depth > 0 ? $"depth is {options.Depth}" : $"patch is {options.Patch}")}, which only vision transformers have; {options.Name} takes 0. Leave it out, or take {string.Join(" or ", Transformers)}.");
    }

    /// <summary>The side of crops that the network takes, nearest to one that is wanted, in pixels.</summary>
    /// <param name="options">Resolved.</param>
    /// <param name="side">Of the main images, for which the network is made.</param>
    public static int CropSide(BackboneOptions options, long side, double wanted)
    {
        var patch = Math.Max(1, options.Patch);
        return Math.Max(s_rows[options.Name].LeastSide?.Invoke(options, side) ?? 1, Math.Max(1, (int)Math.Round(wanted / patch)) * patch);
    }

    /// <summary>Images [N,C,H,W] → representations [N,D].</summary>
    /// <param name="side">
    /// Of the main images, in pixels: crops of other sizes go through the network that suits those. 0 takes that of the images given.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of its range, or does not suit the images.</exception>
    public static Value Build(Net net, Value images, BackboneOptions options, long side = 0)
    {
        var main = side > 0 ? side : images.Shape[2];
        var resolved = Resolve(options, main);
        return s_rows[options.Name].Build(net, images, resolved, main);
    }

    /// <summary>Images [N,C,H,W] → the tokens of a vision transformer.</summary>
    /// <param name="mask">[N,T]: 1 where a patch is hidden from the network, else 0.</param>
    /// <inheritdoc cref="Build"/>
    public static VisionTokens Tokens(Net net, Value images, BackboneOptions options, long side, Value? mask = null)
    {
        var resolved = Resolve(options, side);
        return Transformers.Contains(options.Name)
            ? VisionTransformer.Tokens(net, images, resolved, side, mask)
            : throw new ArgumentException($"backbone.name is '{options.Name}', which has no tokens; expected a vision transformer: {string.Join(", ", Transformers)}.");
    }

    /// <summary>Whether the stem, or the patches, are those for large images.</summary>
    internal static bool IsLarge(string stem, long side) => stem == "large" || (stem == "auto" && side >= 96);

    private static IEnumerable<string> Transformers => s_rows.Where(row => row.Value.Depth > 0).Select(row => row.Key);
}
