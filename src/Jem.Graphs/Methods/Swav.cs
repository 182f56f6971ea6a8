using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// SwAV: unsupervised learning of visual features by contrasting cluster assignments (Caron et al., arXiv:2006.09882).
/// Each view predicts the prototypes that the other view of the image was assigned, all prototypes being used equally.
/// </summary>
internal static class Swav
{
    public static TrainingProgram Build(StepGraph step, SwavOptions options)
    {
        step.CheckPrototypes(options.Prototypes);
        CheckShares(options);
        var net = step.Net;
        var representations = net.Each(LocalViews.Images(step, options.LocalViews), step.Backbone);
        var embeddings = Embed(net, Concat(0, [.. representations]), options.Projector);
        var prototypes = Prototypes.Create(net, "prototypes", options.Prototypes, options.Projector.Output);
        var scores = step.PerView(Prototypes.Scores(embeddings, prototypes));
        var globals = step.PerView(embeddings).Take(2).ToList();
        var codes = Codes(step, options, globals, [.. scores.Take(2)], prototypes);
        step.Report("code_entropy", CodeEntropy(codes));
        step.Freeze("prototypes", options.FreezePrototypes);
        step.Assign((net, x) => Prototypes.Scores(
            Embed(net, x, options.Projector), Prototypes.Create(net, "prototypes", options.Prototypes, options.Projector.Output)));
        return step.Finish(SwappedPredictionLoss.Of(scores, codes, options.Temperature), Concat(0, [.. globals]), new(
            [
                step.TellTale(Math.Log(options.Prototypes), "ln K: every prototype is equally likely",
                    ("sinkhorn_epsilon≤0.03", "a smaller ε, for sharper codes")),
                step.TellTale(0, "0: one prototype is certain for every image",
                    ("sinkhorn_iterations≥3", "codes that share the prototypes equally")),
            ],
            step.Advice(
                ("projector.norm=false", "a projector without batch norm"),
                ("local_views.count≤2", "fewer small views"))));
    }

    private static Value Embed(Net net, Value representations, SwavProjectorOptions options) =>
        Functional.Normalize(Mlp.Build(net, "projector", representations,
    [
        new(options.Hidden, Bias: !options.Norm, options.Norm, Activation: Relu),
        new(options.Output),
    ]));

    /// <summary>Codes [B,K] of the global views. Each has a queue of its own, which is written always and shares the prototypes once it is open.</summary>
    private static List<Value> Codes(StepGraph step, SwavOptions options, List<Value> embeddings, List<Value> scores, Value prototypes)
    {
        var epsilon = step.Scalar("sinkhorn_epsilon", CosineSchedule.Constant(options.SinkhornEpsilon), options.SinkhornEpsilon);
        var (batch, length, net) = (options.Batch, options.Queue.Length, step.Net);
        if (options.SinkhornIterations == 0)
        {
            return [.. scores.Select(view => StopGradient(Softmax(view / epsilon)))];
        }

        if (length == 0)
        {
            return [.. scores.Select(view => Sinkhorn.Codes(view, epsilon, options.SinkhornIterations))];
        }

        var filled = (length + batch - 1) / batch;
        var open = step.Scalar("queue_open", new SwitchSchedule(options.Queue.FromEpoch, AfterSteps: filled), 1);
        var pointer = step.Scalar("queue_pointer", new PointerSchedule(batch, length), 0, DType.Int64);
        var present = Concat(0, Expand(Unsqueeze(open, 0), [length]), FillLike(open, [batch], 1));
        return [.. embeddings.Zip(scores, (embedding, view) => (embedding, view)).Select((pair, i) =>
        {
            var queue = Queue.Create(net, $"queue.{i}", length, options.Projector.Output);
            var rows = Concat(0, Prototypes.Scores(queue, prototypes), pair.view);
            Queue.Enqueue(net, queue, pair.embedding, pointer);
            return Slice(Sinkhorn.Codes(rows, epsilon, options.SinkhornIterations, present), 0, length, length + batch);
        })];
    }

    /// <summary>The mean over the rows of −Σₖ qₖ·ln qₖ: 0 for hard codes, ln K for uniform ones.</summary>
    private static Value CodeEntropy(IReadOnlyList<Value> codes)
    {
        var all = Concat(0, [.. codes]);
        return -Mean(Sum(all * Log(all + 1e-30), 1));
    }

    // The authors' recipe gives 256 rows to 3000 prototypes, twelve to a row, until its queue opens.
    private static void CheckShares(SwavOptions options)
    {
        const int MostPerRow = 16;
        var (count, rows) = (options.Prototypes, options.Batch + options.Queue.Length);
        if (count > MostPerRow * rows)
        {
            throw new ArgumentException(
                $"prototypes is {count}, to be shared equally by {rows} row{(rows == 1 ? "" : "s")} of batch and queue; "
                + $"expected at most {MostPerRow} for each. "
                + $"Set prototypes={MostPerRow * rows} or less, a larger batch, or queue.length={(count / 2) - options.Batch}.");
        }
    }
}
