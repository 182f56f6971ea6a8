using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Nn;

/// <summary>A first-in-first-out queue of unit vectors, such as MoCo's keys (He et al., arXiv:1911.05722, section 3.2), as a ring.</summary>
public static class Queue
{
    /// <summary>A queue [K,D] of random unit vectors.</summary>
    public static Value Create(Net net, string name, long length, long dimension) => net.State(name, [length, dimension], Init.UnitRows);

    /// <summary>
    /// Writes rows [B,D] over the oldest ones, of any B against any K: over the end the ring goes on at its beginning, and of more rows than
    /// there are places the newest stay.
    /// </summary>
    /// <param name="pointer">The place of the first row, an integer scalar: rows written so far modulo K.</param>
    public static void Enqueue(Net net, Value queue, Value rows, Value pointer)
    {
        var (length, count, dimension) = (queue.Shape[0], rows.Shape[0], queue.Shape[1]);
        var kept = Math.Min(count, length);
        var newest = StopGradient(kept == count ? rows : Slice(rows, 0, count - kept, count));
        var offsets = Ints(queue.Graph, [.. Enumerable.Range((int)(count - kept), (int)kept).Select(row => (long)row)]);
        var places = Mod(pointer + offsets, Ints(queue.Graph, length));
        net.Update(queue, ScatterElements(queue, Expand(Unsqueeze(places, 1), [kept, dimension]), newest, axis: 0));
    }
}
