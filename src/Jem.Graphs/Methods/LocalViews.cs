using Jem.Graphs.Ir;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

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
                ? $"Images of {side} pixels are as small as views for {step.Options.Backbone.Name} can be, so that there are no smaller local ones. "
                    + "Take larger images, or set local_views.count=0 to do without."
                : $"local_views.size is {size} and image.size {side}; expected less, for a small view shows a part of the image in fewer pixels. "
                + "Set local_views.size=0 for 3/7 of the image's, or local_views.count=0 to do without.");
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
