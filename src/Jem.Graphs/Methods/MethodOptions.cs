using Jem.Graphs.Backbones;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>What every method needs to know. A method adds its own options, with the paper's defaults.</summary>
public abstract record MethodOptions
{
    [Option("Images per step, each of which gives as many rows as it has views. Batch norm and the loss compare them.", Symbol = "B", Least = 2)]
    public int Batch { get; init; } = 256;

    [Option("Seed of the first weights, the order of the images and their views.")]
    public ulong Seed { get; init; }

    public BackboneOptions Backbone { get; init; } = new();

    public ImageOptions Image { get; init; } = new();

    public OptimizerOptions Optimizer { get; init; } = new();

    public ViewRecipe Views { get; init; } = new();

    /// <summary>The method's views of images of a size: where papers treat large images in another way than small ones.</summary>
    public virtual ViewRecipe ViewsFor(int size, int channels) => Views.ForImages(size, channels);
}

/// <summary>The images that the network sees.</summary>
public sealed record ImageOptions
{
    [Option("Side in pixels; --image-size sets it together with views.size.", Least = 1)]
    public int Size { get; init; } = 32;

    [Option("Channels of an image. Training takes those of its data.", Least = 1)]
    public int Channels { get; init; } = 3;

    [Option("Number of images; a memory bank has a row for each. Training takes that of its data.", Least = 1)]
    public int Count { get; init; } = 100_000;

    [Option("Mean of each channel of pixel/255. Training measures it on its data.")]
    public double[] Mean { get; init; } = [0.5, 0.5, 0.5];

    [Option("Standard deviation of each channel of pixel/255. Training measures it on its data.", Above = 0)]
    public double[] Std { get; init; } = [0.25, 0.25, 0.25];
}
