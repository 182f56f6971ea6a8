using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>What losses share that have some views predict what others gave. The i-th target is of the i-th view; later views have none.</summary>
internal static class ViewPairs
{
    /// <summary>Whether there are at least two views, all [B,K], and targets for the first of them.</summary>
    public static bool Fit(IReadOnlyList<Value> targets, IReadOnlyList<Value> views) =>
        views.Count >= 2 && targets.Count >= 1 && targets.Count <= views.Count && views[0].Shape.Rank == 2
        && views.Concat(targets).All(value => value.Shape.Equals(views[0].Shape));

    /// <summary>For messages: the shape of each, or "none".</summary>
    public static string Shapes(IReadOnlyList<Value> views) =>
        views.Count == 0 ? "none" : string.Join(' ', views.Select(view => view.Shape));

    /// <summary>
    /// Targets (rows are distributions) and logits of the views, all [B,K] → the mean over all pairs of a target i and a view v ≠ i,
    /// and over the rows, of −Σₖ targetᵢ·ln softmax(logitsᵥ).
    /// </summary>
    public static Value CrossEntropy(IReadOnlyList<Value> targets, IReadOnlyList<Value> logits)
    {
        var pairs = targets.Count * (logits.Count - 1);
        var terms =
            from view in Enumerable.Range(0, logits.Count)
            let others = targets.Where((_, i) => i != view).ToList()
            where others.Count > 0
            select Mean(Sum(others.Aggregate(Add) * LogSoftmax(logits[view]), 1));
        return terms.ToList().Aggregate(Add) / -pairs;
    }
}
