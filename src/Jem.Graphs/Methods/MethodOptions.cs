using Jem.Graphs.Backbones;
using Jem.Graphs.Optim;

namespace Jem.Graphs.Methods;

/// <summary>What every method needs to know. A method adds its own options, with the paper's defaults.</summary>
public abstract record MethodOptions
{
    /// <summary>Images per step, each of which gives as many rows as it has views.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>The seed of the first values, the order of the images and their views.</summary>
    public ulong Seed { get; init; }

    public ImageOptions Image { get; init; } = new();

    public BackboneOptions Backbone { get; init; } = new();

    public OptimizerOptions Optimizer { get; init; } = new();

    public ViewRecipe Views { get; init; } = new();
}

/// <summary>The images that the network sees.</summary>
public sealed record ImageOptions
{
    /// <summary>Side in pixels.</summary>
    public int Size { get; init; } = 32;

    public int Channels { get; init; } = 3;

    /// <summary>Mean of each channel of pixel/255.</summary>
    public double[] Mean { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Standard deviation of each channel of pixel/255, &gt; 0.</summary>
    public double[] Std { get; init; } = [0.25, 0.25, 0.25];
}
