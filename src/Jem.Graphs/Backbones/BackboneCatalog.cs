using Jem.Graphs.Ir;
using Jem.Graphs.Naming;
using Jem.Graphs.Nn;
using Jem.Graphs.Options;

namespace Jem.Graphs.Backbones;

/// <summary>The backbones of this library, and what one does with a catalog of backbones.</summary>
public static class BackboneCatalog
{
    /// <summary>Every backbone of this library.</summary>
    public static Catalog<Backbone> BuiltIn { get; } = new(
        "backbone",
        new("resnet18", 64, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Basic, [2, 2, 2, 2])),
        new("resnet34", 64, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Basic, [3, 4, 6, 3])),
        new("resnet50", 64, (net, x, options, side) => ResNet.Build(net, x, options, side, ResNet.Bottleneck, [3, 4, 6, 3])),
        Transformer("vit_tiny", width: 192, depth: 12),
        Transformer("vit_small", width: 384, depth: 12),
        new("convnext_tiny", 96, (net, x, options, side) => ConvNeXt.Build(net, x, options, side, [3, 3, 9, 3])) { LeastSide = ConvNeXt.LeastSide });

    /// <summary>The options with the backbone's own width, depth and patch where they were left at 0.</summary>
    /// <param name="side">Of the main images, in pixels.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or means nothing to the backbone.</exception>
    public static BackboneOptions Resolve(this Catalog<Backbone> backbones, BackboneOptions options, long side)
    {
        OptionTable.Check(options, new Dictionary<string, IReadOnlyList<string>> { [BackboneOptions.Catalog] = backbones.Names }, "backbone");
        var row = backbones.Get(options.Name);
        var wide = options.Width > 0 ? options : options with { Width = row.Width };
        return row.Complete is { } complete ? complete(wide, side)
            : options is { Depth: 0, Patch: 0 } ? wide
            : throw new ArgumentException(
                $"backbone.{(options.Depth > 0 ? $"depth is {options.Depth}" : $"patch is {options.Patch}")}, which only vision transformers have; "
                + $"{options.Name} takes 0. Leave it out, or take {string.Join(" or ", Transformers(backbones))}.");
    }

    /// <summary>The side of crops that the network takes, nearest to one that is wanted, in pixels.</summary>
    /// <param name="options">Resolved.</param>
    /// <param name="side">Of the main images, for which the network is made.</param>
    public static int CropSide(this Catalog<Backbone> backbones, BackboneOptions options, long side, double wanted)
    {
        var patch = Math.Max(1, options.Patch);
        return Math.Max(backbones.Get(options.Name).LeastSide?.Invoke(options, side) ?? 1, Math.Max(1, (int)Math.Round(wanted / patch)) * patch);
    }

    /// <summary>Images [N,C,H,W] → representations [N,D].</summary>
    /// <param name="side">
    /// Of the main images, in pixels: crops of other sizes go through the network that suits those. 0 takes that of the images given.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of its range, or does not suit the images.</exception>
    public static Value Build(this Catalog<Backbone> backbones, Net net, Value images, BackboneOptions options, long side = 0)
    {
        var main = side > 0 ? side : images.Shape[2];
        var resolved = backbones.Resolve(options, main);
        return backbones.Get(options.Name).Network(net, images, resolved, main);
    }

    /// <summary>Images [N,C,H,W] → the tokens of a vision transformer.</summary>
    /// <param name="mask">[N,T]: 1 where a patch is hidden from the network, else 0.</param>
    /// <inheritdoc cref="Build"/>
    public static VisionTokens Tokens(this Catalog<Backbone> backbones, Net net, Value images, BackboneOptions options, long side, Value? mask = null)
    {
        var resolved = backbones.Resolve(options, side);
        return backbones.Get(options.Name).Tokens is { } tokens
            ? tokens(net, images, resolved, side, mask)
            : throw new ArgumentException(
                $"backbone.name is '{options.Name}', which has no tokens; expected a vision transformer: {string.Join(", ", Transformers(backbones))}.");
    }

    private static Backbone Transformer(string name, int width, int depth) => new(name, width, VisionTransformer.Build)
    {
        Complete = (options, side) => VisionTransformer.Resolve(options, depth, side),
        Tokens = VisionTransformer.Tokens,
    };

    private static IEnumerable<string> Transformers(Catalog<Backbone> backbones) =>
        backbones.All.Where(row => row.Tokens is not null).Select(row => row.Name);
}
