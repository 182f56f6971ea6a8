using BenchmarkDotNet.Attributes;
using Jem.Embed.Index;
using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;

namespace Jem.Benchmarks.Index;

/// <summary>Exact search as the kNN evaluation of Fashion-MNIST makes it: the test split asks, the train split answers.</summary>
public class SearchBenchmarks
{
    private const int Dimension = 512;
    private VectorMatrix _bank = null!;
    private VectorMatrix _queries = null!;

    [Params(60_000)]
    public int Bank { get; set; }

    [Params(10_000)]
    public int Queries { get; set; }

    [Params(20, 200)]
    public int K { get; set; }

    [GlobalSetup]
    public void Draw() => (_bank, _queries) = (Random(Bank, 1), Random(Queries, 2));

    [Benchmark]
    public NearestRows Nearest() => ExactSearch.Nearest(_queries, _bank, K);

    private static VectorMatrix Random(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var data = new float[count * Dimension];
        foreach (ref var x in data.AsSpan())
        {
            x = (float)random.NextNormal();
        }

        return new VectorMatrix(data, count, Dimension).ToUnitLength();
    }
}
