using Jem.Graphs.Options;

namespace Jem.Graphs.Programs;

/// <summary>The images that the network sees.</summary>
public sealed record ImageOptions
{
    /// <summary>Side in pixels, ≥ 1; images are square. It is the size of the main views, too.</summary>
    [Option("Side in pixels; views.size is the same.", Least = 1, Most = 4096)]
    public int Size { get; init; } = 32;

    /// <summary>Channels, ≥ 1.</summary>
    [Option("Channels of an image. Training takes those of its data.", Least = 1)]
    public int Channels { get; init; } = 3;

    /// <summary>Number of images in the data, ≥ 1.</summary>
    [Option("Number of images; a memory bank has a row for each. Training takes that of its data.", Least = 1)]
    public int Count { get; init; } = 100_000;

    /// <summary>Mean of each channel of pixel/255.</summary>
    [Option("Mean of each channel of pixel/255. Training measures it on its data.")]
    public double[] Mean { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Standard deviation of each channel of pixel/255, &gt; 0.</summary>
    [Option("Standard deviation of each channel of pixel/255. Training measures it on its data.", Above = 0)]
    public double[] Std { get; init; } = [0.25, 0.25, 0.25];
}
