using Jem.Trainer.Collapse;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval;

/// <summary>Measures encoders and raw pixels over the same images. Vectors are computed once for all protocols.</summary>
/// <param name="data">Checked.</param>
/// <param name="status">Told in a few words what goes on.</param>
public sealed class Evaluation(EvaluationData data, EvaluationOptions options, Action<string> status)
{
    private readonly EvalImages _images = EvalImages.Of(data);

    public IReadOnlyList<EvalResult> Of(IEmbedder embedder, CancellationToken cancellation = default)
    {
        var name = embedder.Name == "raw" ? "raw pixels" : $"{embedder.Name} encoder";
        EmbeddedImages Embedded(Data.IImageSet images, string what) =>
            new(images, embedder, done => status($"{name}: {done:N0} of {images.Count:N0} {what} images"));
        var bank = Embedded(data.Bank, "training");
        var queries = (data.LeaveOneOut ? bank : Embedded(data.Queries, "test")).All(cancellation);

        // Nearest neighbours alone are found while the bank streams by.
        var held = options.Protocols.Any(protocol => protocol is not (Protocol.Knn or Protocol.Rank)) ? bank.All(cancellation) : null;
        var result = new EvalResult
        {
            Encoder = embedder.Name,
            EncoderSha256 = embedder.Sha256,
            Dimension = embedder.Dimension,
            Protocol = "",
            Seed = options.Seed,
            Data = _images,
        };
        return
        [
            .. options.Asks(Protocol.Knn) ? Knn(result, name, bank, queries, cancellation) : [],
            .. options.Asks(Protocol.Linear) ? Linear(result, name, held!, queries, cancellation) : [],
            .. options.Asks(Protocol.Few) ? Few(result, name, held!, queries, cancellation) : [],
            .. options.Asks(Protocol.Retrieval) ? Retrieved(result, name, held!, queries, cancellation) : [],
            .. options.Asks(Protocol.Rank) ? Spread(result, queries) : [],
        ];
    }

    private IEnumerable<EvalResult> Knn(EvalResult result, string name, EmbeddedImages bank, LabelledVectors queries, CancellationToken cancellation)
    {
        status($"{name}: nearest neighbours");

        // In a small bank everybody votes, and the figure says how many that are.
        var most = data.Bank.Count - (data.LeaveOneOut ? 1 : 0);
        var neighbours = options.Neighbours.Select(k => Math.Min(k, most)).Distinct().ToList();
        var knn = new KnnOptions { Neighbours = neighbours, Temperature = options.Temperature, Distance = options.Distance, LeaveOneOut = data.LeaveOneOut };
        void Report(int done) => status($"{name}: nearest neighbours, {done:N0} of {data.Bank.Count:N0}");
        var accuracies = KnnClassifier.Accuracies(bank.Blocks(cancellation), bank.Labels, queries, knn, Report, cancellation);
        return neighbours.Zip(accuracies, (k, accuracy) => result with
        {
            Protocol = "knn",
            K = k,
            Accuracy = accuracy,
            Distance = options.Distance,
            Temperature = options.Distance == Distance.Cosine ? options.Temperature : null,
        });
    }

    private IEnumerable<EvalResult> Linear(EvalResult result, string name, LabelledVectors bank, LabelledVectors queries, CancellationToken cancellation) =>
        options.Solvers.Select(solver => Probed(result, solver) with
        {
            LabelsPerClass = "all",
            Accuracy = Probe(solver, $"{name}: linear probe", cancellation).Accuracy(bank, queries),
        });

    private IEnumerable<EvalResult> Few(EvalResult result, string name, LabelledVectors bank, LabelledVectors queries, CancellationToken cancellation)
    {
        // A class with fewer images than that gives what it has, unless so many were asked for.
        var counts = options.LabelsPerClass.Select(count => Math.Min(count, data.SmallestClass())).Distinct();
        foreach (var (solver, count) in options.Solvers.SelectMany(solver => counts.Select(count => (solver, count))))
        {
            var probe = Probe(solver, $"{name}: linear probes, {count} labels per class", cancellation);
            var (mean, deviation) = probe.FewLabels(bank, queries, count, options.Draws);
            yield return Probed(result, solver) with { LabelsPerClass = count, Accuracy = mean, Deviation = deviation, Draws = options.Draws };
        }
    }

    private IEnumerable<EvalResult> Retrieved(EvalResult result, string name, LabelledVectors bank, LabelledVectors queries, CancellationToken cancellation)
    {
        status($"{name}: retrieval");
        void Report(int done) => status($"{name}: retrieval, {done:N0} of {data.Queries.Count:N0} queries");
        var scores = Retrieval.Measure(bank, queries, options.Distance, data.LeaveOneOut, Report, cancellation);
        yield return result with
        {
            Protocol = "retrieval",
            Map = scores.MeanAveragePrecision,
            RecallAt1 = scores.RecallAt1,
            RecallAt10 = scores.RecallAt10,
            ExcludedQueries = scores.Excluded,
            Distance = options.Distance,
        };
    }

    private static IEnumerable<EvalResult> Spread(EvalResult result, LabelledVectors queries)
    {
        var statistics = EmbeddingStatistics.Of(queries.Vectors.Data.Span, queries.Vectors.Count, queries.Vectors.Dimension, mostRows: 4096);
        yield return result with { Protocol = "rank", EffectiveRank = statistics.EffectiveRank, Deviation = statistics.StandardDeviation };
    }

    private LinearProbe Probe(Solver solver, string what, CancellationToken cancellation)
    {
        var probe = new ProbeOptions { Solver = solver, Iterations = options.Iterations, Sgd = options.Sgd, Seed = options.Seed };
        var (unit, all) = solver == Solver.Sgd ? ("epoch", options.Sgd.Epochs) : ("iteration", probe.Iterations);
        status(what);
        return new LinearProbe(probe, done => status($"{what}, {unit} {done} of {all}"), cancellation);
    }

    private EvalResult Probed(EvalResult result, Solver solver)
    {
        var linear = result with { Protocol = "linear", Solver = solver, Features = "standardized" };
        return solver == Solver.Lbfgs
            ? linear with { Penalty = 1, Iterations = options.Iterations }
            : linear with
            {
                Epochs = options.Sgd.Epochs,
                LearningRate = options.Sgd.LearningRate,
                Schedule = "cosine",
                Momentum = options.Sgd.Momentum,
                Batch = options.Sgd.Batch,
            };
    }
}
