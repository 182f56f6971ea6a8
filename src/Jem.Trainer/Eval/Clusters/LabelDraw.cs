using Jem.Trainer.Data;

namespace Jem.Trainer.Eval.Clusters;

/// <summary>Draws the images whose labels are used.</summary>
internal static class LabelDraw
{
    /// <summary>The rows of as many images of each class, by chance.</summary>
    /// <exception cref="DataException">There are no labels, one class only, or a class with no image left to be measured.</exception>
    public static int[] Of(IImageSet images, int perClass, ulong seed)
    {
        if (images.Labels is not { } labels)
        {
            throw new DataException(
                $"The images have no labels ({images.Provenance}), so no one knows which cluster is right. "
                + "Put the images of a class into a sub-folder of its own.");
        }

        EvaluationData.RequireClasses(images, "images");
        var counts = labels.CountBy(label => label).ToList();
        var smallest = counts.MinBy(count => count.Value);
        if (perClass >= smallest.Value)
        {
            throw new DataException(
                $"--labels {perClass}: the class '{images.ClassNames[smallest.Key]}' has {smallest.Value} image{(smallest.Value == 1 ? "" : "s")}, "
                + "and one at least must be left to be recognised. "
                + (smallest.Value > 1 ? $"Ask for {smallest.Value - 1} at the most." : "Add some, or leave the class out."));
        }

        return BalancedOrder.Of(images, seed)[..(perClass * counts.Count)];
    }
}
