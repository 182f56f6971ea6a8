using Jem.Graphs.Seeding;

namespace Jem.Trainer.Data.Loader;

/// <summary>
/// What each epoch draws, and in which order: it depends on the seed and the epoch alone. A part that does not draw each of its
/// images once walks through one permutation of them after the other, on and on from epoch to epoch. Safe to share.
/// </summary>
internal sealed class EpochOrder(IReadOnlyList<ImageShare> shares, ulong seed)
{
    private static readonly ulong s_stream = SeededRandom.Hash("order"), s_parts = SeededRandom.Hash("order of a part");

    // Workers are at most at the end of one epoch and the beginning of the next.
    private readonly (long Epoch, Draw[] Order)[] _kept = [(-1, []), (-1, [])];
    private readonly Lock _gate = new();

    public Draw[] Of(long epoch)
    {
        lock (_gate)
        {
            ref var slot = ref _kept[epoch % 2];
            if (slot.Epoch != epoch)
            {
                var order = shares.SelectMany((share, part) => Draws(share, part, epoch)).ToArray();
                new SeededRandom(seed, s_stream, (ulong)epoch).Shuffle(order.AsSpan());
                slot = (epoch, order);
            }

            return slot.Order;
        }
    }

    private IEnumerable<Draw> Draws(ImageShare share, int part, long epoch)
    {
        if (share.PerEpoch == share.Count)
        {
            return Enumerable.Range(share.First, share.Count).Select(image => new Draw(image, 0));
        }

        var (draws, drawn) = (new List<Draw>(share.PerEpoch), new Dictionary<int, int>());
        for (var at = epoch * share.PerEpoch; draws.Count < share.PerEpoch;)
        {
            var (pass, offset) = Math.DivRem(at, share.Count);
            var order = Enumerable.Range(share.First, share.Count).ToArray();
            new SeededRandom(seed, s_parts, (ulong)part, (ulong)pass).Shuffle(order.AsSpan());
            foreach (var image in order.Skip((int)offset).Take(share.PerEpoch - draws.Count))
            {
                var repetition = drawn.GetValueOrDefault(image);
                (drawn[image], at) = (repetition + 1, at + 1);
                draws.Add(new Draw(image, repetition));
            }
        }

        return draws;
    }
}

/// <summary>An image that an epoch draws.</summary>
/// <param name="Repetition">How often the epoch has drawn it before: the views of each time differ.</param>
internal readonly record struct Draw(int Image, int Repetition);
