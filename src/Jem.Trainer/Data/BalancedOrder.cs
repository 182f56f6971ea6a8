using Jem.Graphs.Seeding;

namespace Jem.Trainer.Data;

/// <summary>Images drawn at random in turns: the first of every class before the second of any.</summary>
internal static class BalancedOrder
{
    private static readonly ulong s_stream = SeededRandom.Hash("balanced");

    /// <summary>All images, so that every beginning is as balanced as the classes' sizes allow. Without labels they are one class.</summary>
    public static int[] Of(IImageSet images, ulong seed) => Of(images.Count, images.Labels, seed);

    /// <inheritdoc cref="Of(IImageSet, ulong)"/>
    public static int[] Of(int count, int[]? labels, ulong seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new SeededRandom(seed, s_stream).Shuffle(order.AsSpan());
        int Class(int index) => labels?[index] ?? 0;
        var (turns, turn) = (new Dictionary<int, int>(), new int[order.Length]);
        foreach (var index in order)
        {
            turn[index] = turns[Class(index)] = turns.GetValueOrDefault(Class(index)) + 1;
        }

        return [.. order.OrderBy(index => (turn[index], Class(index)))];
    }
}
