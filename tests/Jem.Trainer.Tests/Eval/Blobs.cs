using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval;

/// <summary>Labelled vectors drawn by code: a normal cloud of standard deviation 1 per class.</summary>
internal static class Blobs
{
    /// <param name="distance">Between a cloud's centre and the origin.</param>
    /// <param name="seed">Of the vectors; the centres depend on the class only.</param>
    public static LabelledVectors Draw(int count, int dimension, int classes, double distance, ulong seed)
    {
        var centres = Enumerable.Range(0, classes).Select(c => Direction(dimension, (ulong)c)).ToArray();
        var random = new SeededRandom(seed);
        var data = new float[count * dimension];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (float)(random.NextNormal() + (distance * centres[i / dimension % classes][i % dimension]));
        }

        return new LabelledVectors(new VectorMatrix(data, count, dimension), [.. Enumerable.Range(0, count).Select(row => row % classes)], classes);
    }

    private static double[] Direction(int dimension, ulong seed)
    {
        var random = new SeededRandom(12345, seed);
        var direction = Enumerable.Range(0, dimension).Select(_ => random.NextNormal()).ToArray();
        var length = Math.Sqrt(direction.Sum(value => value * value));
        return Array.ConvertAll(direction, value => value / length);
    }
}
