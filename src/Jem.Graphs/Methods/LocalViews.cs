using Jem.Graphs.Ir;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The small crops of multi-crop (SwAV, arXiv:2006.09882, section 3.2): cheap views of a part of the image.</summary>
public sealed record LocalViewOptions
{
    [Option("Small views per image besides the two large ones; 0 for none.", Least = 0)]
    public int Count { get; init; }

    [Option("Side of a small view in pixels, less than image.size; 0 takes 3/7 of that, as 96 of 224, or near it what the backbone takes.", Least = 0)]
    public int Size { get; init; }

    [Option("The area of a small view's crop as a fraction of the image's, drawn uniformly.", Above = 0, Most = 1, Interval = true)]
    public double[] CropScale { get; init; } = [0.05, 0.14];

    [Option("Probability of a Gaussian blur of a small view, where the large ones are blurred at all.", Least = 0, Most = 1)]
    public double Blur { get; init; } = 0.5;
}

/// <summary>Multi-crop: views in two sizes, of which targets come from the large ones only.</summary>
internal static class LocalViews
{
    /// <summary>
    /// The global views [2B,C,S,S] and, unless there are none, the local ones [L·B,C,s,s]: each goes through the backbone by itself, with
    /// batch statistics of its own, as in the authors' code of SwAV and DINO.
    /// </summary>
    /// <exception cref="ArgumentException">Local views are not smaller than the image.</exception>
    public static IReadOnlyList<Value> Images(StepGraph step, LocalViewOptions local)
    {
        var globals = step.Views(2);
        if (local.Count == 0)
        {
            return [globals];
        }

        var (side, views) = (step.Options.Image.Size, step.Options.Views);
        var size = step.CropSide("local_views.size", local.Size, usual: side * 3 / 7.0);
        if (size >= side)
        {
            throw new ArgumentException(local.Size == 0
                ? $"Images of {side} pixels are as small as views for {step.Options.Backbone.Name} can be, so that there are no smaller local ones. Take larger images, or set local_views.count=0 to do without."
                : $"local_views.size is {size} and image.size {side}; expected less, for a small view shows a part of the image in fewer pixels. "
                + $"Set local_views.size=0 for 3/7 of the image's, or local_views.count=0 to do without.");
        }

        var recipe = views with
        {
            Count = local.Count,
            Size = size,
            CropScale = local.CropScale,
            Blur = [views.Blur.Max() > 0 ? local.Blur : 0],
            Solarize = [0],
        };
        return [globals, step.Images("local_views", local.Count, size, new ViewsInput(recipe, First: 2))];
    }
}
