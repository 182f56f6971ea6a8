using System.Diagnostics;
using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Neighbours;

/// <summary>
/// Run with: dotnet test tests/Jem.Trainer.Tests -c Release --filter FullyQualifiedName~KnnSpeedTests --logger "console;verbosity=detailed".
/// Processor time is printed beside time by the clock, for machines with other work to do.
/// </summary>
[Explicit("Measurements that take seconds to minutes")]
public sealed class KnnSpeedTests
{
    private const int Classes = 10;

    private static readonly Lazy<(LabelledVectors Bank, LabelledVectors Queries)> s_data = new(() => (Random(60_000, 512, 1), Random(10_000, 512, 2)));

    [Test]
    public void Nearest_neighbours_in_a_streamed_bank([Values] Distance distance) => Measure(() =>
    {
        var (bank, queries) = s_data.Value;
        var blocks = Enumerable.Range(0, 60).Select(i => new VectorMatrix(bank.Vectors.Data.Slice(i * 1000 * 512, 1000 * 512), 1000, 512));
        return KnnClassifier.Accuracies(blocks, bank.Labels, queries, new() { Distance = distance })[0];
    });

    [Test]
    public void Retrieval_over_all_ranks() => Measure(() => Retrieval.Measure(s_data.Value.Bank, s_data.Value.Queries, Distance.Cosine, leaveOneOut: false).RecallAt1);

    private static void Measure(Func<double> work)
    {
        const double Flop = 2.0 * 60_000 * 10_000 * 512;
        _ = s_data.Value;
        using var process = Process.GetCurrentProcess();
        GC.Collect();
        process.Refresh();
        var (before, processor, time) = (process.WorkingSet64, process.TotalProcessorTime, Stopwatch.StartNew());
        var share = work();
        process.Refresh();
        var (seconds, busy) = (time.Elapsed.TotalSeconds, (process.TotalProcessorTime - processor).TotalSeconds);
        TestContext.Out.WriteLine($"{seconds:F1} s, {Flop / seconds / 1e9:F0} GFLOP/s; {busy:F1} s of processors, {Flop / busy / 1e9:F0} GFLOP/s each; {Math.Max(0, process.PeakWorkingSet64 - before) / 1048576.0:F0} MiB beside the {before / 1048576.0:F0} before");

        // Random vectors tell nothing about the class.
        Assert.That(share, Is.EqualTo(1.0 / Classes).Within(0.02));
    }

    private static LabelledVectors Random(int count, int dimension, ulong seed)
    {
        var random = new SeededRandom(seed);
        var data = new float[count * dimension];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (float)random.NextNormal();
        }

        return new LabelledVectors(new VectorMatrix(data, count, dimension), [.. Enumerable.Range(0, count).Select(row => row % Classes)], Classes);
    }
}
