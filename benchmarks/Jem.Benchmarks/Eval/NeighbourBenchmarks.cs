using BenchmarkDotNet.Attributes;
using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Benchmarks.Eval;

/// <summary>Nearest neighbours and retrieval as <c>jem eval</c> measures them: 10,000 queries among 60,000 vectors of 512 numbers.</summary>
public class NeighbourBenchmarks
{
    private const int Dimension = 512, Classes = 10, BlockRows = 1000;
    private LabelledVectors _bank = null!;
    private LabelledVectors _queries = null!;

    /// <summary>How vectors are compared.</summary>
    [Params(Distance.Cosine, Distance.Euclidean)]
    public Distance Distance { get; set; }

    /// <summary>Draws the vectors.</summary>
    [GlobalSetup]
    public void Draw() => (_bank, _queries) = (Random(60_000, 1), Random(10_000, 2));

    private VectorMatrix Block(int number) =>
        new(_bank.Vectors.Data.Slice(number * BlockRows * Dimension, BlockRows * Dimension), BlockRows, Dimension);

    /// <summary>The bank streams by in blocks.</summary>
    [Benchmark]
    public double Knn() => KnnClassifier.Accuracies(
        Enumerable.Range(0, _bank.Vectors.Count / BlockRows).Select(Block),
        _bank.Labels,
        _queries,
        new KnnOptions { Distance = Distance })[0];

    /// <summary>All ranks.</summary>
    [Benchmark]
    public double AllRanks() => Retrieval.Measure(_bank, _queries, Distance, leaveOneOut: false).RecallAt1;

    private static LabelledVectors Random(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var data = new float[count * Dimension];
        foreach (ref var x in data.AsSpan())
        {
            x = (float)random.NextNormal();
        }

        return new LabelledVectors(new VectorMatrix(data, count, Dimension), [.. Enumerable.Range(0, count).Select(row => row % Classes)], Classes);
    }
}
