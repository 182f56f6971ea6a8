using Jem.Graphs.Nn;

namespace Jem.Trainer.Data.Loader;

/// <summary>The order of the images in each epoch: a permutation that depends on the seed and the epoch. Safe to share.</summary>
/// <param name="count">Number of images.</param>
internal sealed class EpochOrder(int count, ulong seed)
{
    private static readonly ulong s_stream = SeededRandom.Hash("order");

    // Workers are at most at the end of one epoch and the beginning of the next.
    private readonly (long Epoch, int[] Order)[] _kept = [(-1, []), (-1, [])];
    private readonly Lock _gate = new();

    public int[] Of(long epoch)
    {
        lock (_gate)
        {
            ref var slot = ref _kept[epoch % 2];
            if (slot.Epoch != epoch)
            {
                var order = new int[count];
                for (var i = 0; i < count; i++)
                {
                    order[i] = i;
                }

                new SeededRandom(seed, s_stream, (ulong)epoch).Shuffle(order.AsSpan());
                slot = (epoch, order);
            }

            return slot.Order;
        }
    }
}
