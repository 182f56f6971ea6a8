using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The small crops of multi-crop (SwAV, arXiv:2006.09882, section 3.2): cheap views of a part of the image.</summary>
public sealed record LocalViewOptions
{
    /// <summary>Small views per image besides the two large ones (≥ 0).</summary>
    [Option("Small views per image besides the two large ones; 0 for none.", Least = 0)]
    public int Count { get; init; }

    /// <summary>Side of a small view in pixels, less than image.size (≥ 0).</summary>
    [Option("Side of a small view in pixels, less than image.size; 0 takes 3/7 of that, as 96 of 224, or near it what the backbone takes.", Least = 0)]
    public int Size { get; init; }

    /// <summary>The area of a small view's crop as a fraction of the image's, drawn uniformly (in (0, 1]).</summary>
    [Option("The area of a small view's crop as a fraction of the image's, drawn uniformly.", Above = 0, Most = 1, Interval = true)]
    public double[] CropScale { get; init; } = [0.05, 0.14];

    /// <summary>Probability of a Gaussian blur of a small view; 0 if large views are never blurred (in [0, 1]).</summary>
    [Option("Probability of a Gaussian blur of a small view; 0 if large views are never blurred.", Least = 0, Most = 1)]
    public double Blur { get; init; } = 0.5;
}
