using System.Diagnostics;
using Jem.Embed.Index;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Tests.Eval.Neighbours;

[Explicit("A measurement of about ten seconds")]
public sealed class KnnSpeedTests
{
    [TestCase(60_000, 10_000, 512, 200)]
    public void Seconds_and_memory_of_a_large_search(int bankCount, int queryCount, int dimension, int k)
    {
        var (bank, queries) = (Random(bankCount, dimension, 1), Random(queryCount, dimension, 2));
        ExactSearch.Nearest(new VectorMatrix(queries.Data[..(64 * dimension)], 64, dimension), bank, k);
        var time = Stopwatch.StartNew();
        ExactSearch.Nearest(queries, bank, k);
        var seconds = time.Elapsed.TotalSeconds;
        TestContext.Out.WriteLine($"{seconds:F2} s, {2.0 * bankCount * queryCount * dimension / seconds / 1e9:F0} GFLOP/s");
    }

    private static VectorMatrix Random(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return new VectorMatrix(Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() - 0.5f).ToArray(), count, dimension).ToUnitLength();
    }
}
