using Jem.Graphs.Nn;
using Jem.Trainer.Data;
using Jem.Trainer.Views;

namespace Jem.Trainer.Eval.Vectors;

/// <summary>Some images of a set.</summary>
internal sealed class ImageSubset(IImageSet images, IReadOnlyList<int> rows) : IImageSet
{
    public int Count => rows.Count;

    public int Channels => images.Channels;

    public int[]? Labels { get; } = images.Labels is { } labels ? [.. rows.Select(row => labels[row])] : null;

    public IReadOnlyList<string> ClassNames => images.ClassNames;

    public string Provenance => $"{rows.Count} of {images.Provenance}";

    public string Fingerprint => images.Fingerprint;

    /// <summary>
    /// Images in a seeded order in which the classes take turns, so that every beginning of it is as balanced as the classes' sizes allow.
    /// </summary>
    public static int[] Balanced(int[] labels, ulong seed)
    {
        var order = Enumerable.Range(0, labels.Length).ToArray();
        new SeededRandom(seed).Shuffle<int>(order);
        var turns = new Dictionary<int, int>();
        var turn = new int[labels.Length];
        foreach (var row in order)
        {
            turn[row] = turns[labels[row]] = turns.GetValueOrDefault(labels[row]) + 1;
        }

        return [.. order.OrderBy(row => turn[row])];
    }

    public PlanarImage Image(int index) => images.Image(rows[index]);

    public string Name(int index) => images.Name(rows[index]);
}
