using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Nn;

/// <summary>One unit vector for each image of the data (Wu et al., arXiv:1805.01978, section 3.1).</summary>
public static class MemoryBank
{
    /// <summary>A bank [images,D] of random unit vectors.</summary>
    public static Value Create(Net net, string name, long images, long dimension) => net.State(name, [images, dimension], Init.UnitRows);

    /// <summary>The vectors [B,D] of images.</summary>
    /// <param name="ids">[B], integers.</param>
    public static Value Of(Value bank, Value ids) => Gather(bank, ids);

    /// <summary>The row of each image becomes the unit vector along k·row + (1 − k)·v. Of an image that is in the batch twice, the last v counts.</summary>
    /// <param name="vectors">Unit vectors v [B,D].</param>
    /// <param name="keep">k in [0, 1]; the authors' code takes ½.</param>
    public static void Update(Net net, Value bank, Value ids, Value vectors, double keep)
    {
        var rows = Of(bank, ids);
        var change = Functional.Normalize((rows * keep) + (StopGradient(vectors) * (1 - keep))) - rows;
        var places = Expand(Unsqueeze(ids, 1), change.Shape);

        // Added rather than written: nothing orders two writes to a place.
        net.Update(bank, ScatterElements(bank, places, change * Unsqueeze(IsLast(ids, like: change), 1), axis: 0, add: true));
    }

    /// <summary>[B]: 1 where no later row is of the same image, else 0.</summary>
    private static Value IsLast(Value ids, Value like)
    {
        var count = (int)ids.Shape[0];
        double[] later = [.. Enumerable.Range(0, count * count).Select(i => i % count > i / count ? 1.0 : 0)];
        var same = Cast(Equal(Unsqueeze(ids, 1), Unsqueeze(ids, 0)), like.Type);
        var repeats = Sum(same * ConstantLike(like, [count, count], later), 1);
        return Cast(Equal(repeats, ScalarLike(like, 0)), like.Type);
    }
}
