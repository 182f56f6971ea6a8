using System.Numerics.Tensors;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Clusters;

/// <summary>Gives each prototype a class by few labelled images.</summary>
internal static class PrototypeClasses
{
    /// <summary>
    /// A prototype gets the class that most of the labelled images on it have; of two, the one whose images score higher on it together,
    /// then the lower. One without labelled images gets the class of the image that scores highest on it.
    /// </summary>
    /// <param name="labelled">The scores [L,K] of the labelled images, L ≥ 1.</param>
    /// <returns>The class of each of the K prototypes, and how many labelled images are on it.</returns>
    public static (int[] Classes, int[] Labelled) Of(LabelledVectors labelled)
    {
        var (scores, labels) = (labelled.Vectors, labelled.Labels);
        var prototypes = Enumerable.Range(0, scores.Count).Select(row => Of(scores.Row(row))).ToArray();
        var on = Enumerable.Range(0, scores.Count).ToLookup(row => prototypes[row]);
        var classes = Enumerable.Range(0, scores.Dimension).Select(prototype => on.Contains(prototype)
            ? on[prototype].GroupBy(row => labels[row])
                .OrderByDescending(rows => rows.Count())
                .ThenByDescending(rows => rows.Sum(row => (double)scores.Row(row)[prototype]))
                .ThenBy(rows => rows.Key)
                .First().Key
            : labels[Enumerable.Range(0, scores.Count).OrderByDescending(row => scores.Row(row)[prototype]).ThenBy(row => labels[row]).First()]);
        return ([.. classes], [.. Enumerable.Range(0, scores.Dimension).Select(prototype => on[prototype].Count())]);
    }

    /// <summary>The prototype of an image: that of the highest score, of several the first.</summary>
    public static int Of(ReadOnlySpan<float> scores) => TensorPrimitives.IndexOfMax(scores);
}
