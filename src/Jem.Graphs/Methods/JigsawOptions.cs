using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>How an image becomes a jigsaw (Noroozi and Favaro, arXiv:1603.09246), and what finding it counts.</summary>
public sealed record JigsawOptions
{
    /// <summary>Cells along a side of the image (G, ≥ 2).</summary>
    [Option("Cells along a side of the image. A random patch is cut from each cell, and the patches are shuffled.", Symbol = "G", Least = 2)]
    public int Grid { get; init; } = 3;

    /// <summary>Side of a patch in pixels (≥ 0).</summary>
    [Option("Side of a patch in pixels; 0 takes three quarters of a cell, as the paper's 64 of 85, but 4 at least and what the backbone takes.", Least = 0)]
    public int Patch { get; init; }

    /// <summary>The area of the crop that is cut, as a fraction of the image's, drawn uniformly (in (0, 1]).</summary>
    [Option("The area of the crop that is cut, as a fraction of the image's, drawn uniformly.", Above = 0, Most = 1, Interval = true)]
    public double[] CropScale { get; init; } = [0.6, 1.0];

    /// <summary>The weight of the jigsaw's loss (λ, in [0, 1]).</summary>
    [Option("The weight of the jigsaw's loss; the whole view's has the rest.", Symbol = "λ", Least = 0, Most = 1)]
    public double Weight { get; init; } = 0.5;

    /// <summary>The jigsaw of views of an image, for the backbone of a step.</summary>
    /// <exception cref="ArgumentException">A cell does not hold a patch.</exception>
    internal JigsawInput Of(StepGraph step)
    {
        var views = step.Options.Views;
        var patch = step.CropSide("jigsaw.patch", Patch, usual: Math.Max(4, views.Size * 64.0 / (85 * Grid)));
        return Grid * patch <= views.Size
            ? new JigsawInput(views with { CropScale = CropScale, Count = 1 }, Grid, patch, First: 1)
            : throw new ArgumentException(
                $"{Grid} patches of {patch} pixels do not fit beside each other into an image of {views.Size}. Take larger images{Advice(step, patch)}.");
    }

    private string Advice(StepGraph step, int patch)
    {
        var size = step.Options.Views.Size;
        var fitting = size / Grid;
        var settings = new List<string>();
        if (step.Fits(fitting))
        {
            settings.Add($"jigsaw.patch={fitting}");
        }

        if (size / patch >= 2)
        {
            settings.Add($"jigsaw.grid={size / patch}");
        }

        return settings.Count > 0 ? $", or set {string.Join(" or ", settings)}" : "";
    }
}
