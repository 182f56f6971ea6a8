using Jem.Graphs.Ir;
using Jem.Graphs.Naming;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Backbones;

/// <summary>Images [N,C,H,W] → representations [N,D].</summary>
/// <param name="options">Resolved: nothing that the backbone has of its own is left at 0.</param>
/// <param name="side">Of the main images, in pixels; those given may be smaller crops.</param>
public delegate Value BackboneNetwork(Net net, Value images, BackboneOptions options, long side);

/// <summary>Images [N,C,H,W] → the tokens of a vision transformer.</summary>
/// <param name="mask">[N,T]: 1 where a patch is hidden from the network, else 0; null hides none.</param>
/// <inheritdoc cref="BackboneNetwork"/>
public delegate VisionTokens BackboneTokens(Net net, Value images, BackboneOptions options, long side, Value? mask);

/// <summary>A network that turns images into representations: a row of a catalog.</summary>
/// <param name="Name">As in <c>backbone.name</c>.</param>
/// <param name="Width">Its own width, for which <c>backbone.width</c> may be left at 0.</param>
/// <param name="Network">What it computes, for training and as an encoder: batch norm asks the <see cref="Net"/> which.</param>
public sealed record Backbone(string Name, int Width, BackboneNetwork Network) : INamed
{
    /// <summary>
    /// Completes and checks options whose width is resolved, for main images of a side in pixels. Without it a backbone refuses
    /// <c>backbone.depth</c> and <c>backbone.patch</c>. It throws an <see cref="ArgumentException"/> for options that it does not take.
    /// </summary>
    public Func<BackboneOptions, long, BackboneOptions>? Complete { get; init; }

    /// <summary>The smallest side in pixels of images that it takes, from resolved options and the side of the main images; null for 1.</summary>
    public Func<BackboneOptions, long, int>? LeastSide { get; init; }

    /// <summary>The same network with its tokens; null for a backbone that has none.</summary>
    public BackboneTokens? Tokens { get; init; }
}
