using Jem.Graphs.Backbones;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>What every method needs to know. A method adds its own options, with the paper's defaults.</summary>
public abstract record MethodOptions
{
    /// <summary>Images per step, each of which gives as many rows as it has views (B, ≥ 2).</summary>
    [Option("Images per step, each of which gives as many rows as it has views. Batch norm and the loss compare them.", Symbol = "B", Least = 2, Most = 65536)]
    public int Batch { get; init; } = 256;

    /// <summary>Seed of the first weights, the order of the images and their views.</summary>
    [Option("Seed of the first weights, the order of the images and their views.")]
    public ulong Seed { get; init; }

    /// <summary>The network that becomes the encoder.</summary>
    public BackboneOptions Backbone { get; init; } = new();

    /// <summary>The images that the network sees.</summary>
    public ImageOptions Image { get; init; } = new();

    /// <summary>How gradients change parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>How an image becomes the views that are compared.</summary>
    public ViewRecipe Views { get; init; } = new();

    /// <summary>The method's views of images of a size: where papers treat large images in another way than small ones.</summary>
    public virtual ViewRecipe ViewsFor(int size, int channels) => Views.ForImages(size, channels);
}
