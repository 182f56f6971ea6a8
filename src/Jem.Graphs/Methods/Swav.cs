using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>The options of SwAV: the authors' recipe for a batch of 256 (their script swav_400ep_bs256_pretrain).</summary>
public sealed record SwavOptions : MethodOptions
{
    public SwavOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.6, FinalFraction = 0.001, WarmupEpochs = 0, WeightDecay = 1e-6 };
        Views = new() { CropScale = [0.14, 1], Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.2 };
    }

    [Option("Prototypes: about three for each class that the images may have, or more.", Symbol = "K", Least = 2)]
    public int Prototypes { get; init; } = 3000;

    [Option("Epochs, or parts of one, for which the prototypes stay as they were drawn; at most a tenth of the run.", Least = 0)]
    public double FreezePrototypes { get; init; } = 1;

    [Option("Temperature of the predictions.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.1;

    [Option("Weight of the entropy in Sinkhorn's transport. Small, codes are hard; large, they are uniform.", Symbol = "ε", Above = 0)]
    public double SinkhornEpsilon { get; init; } = 0.05;

    [Option("Iterations of Sinkhorn and Knopp; 0 takes the softmax of scores/ε, which shares nothing equally and collapses.", Least = 0)]
    public int SinkhornIterations { get; init; } = 3;

    public SwavProjectorOptions Projector { get; init; } = new();

    public SwavQueueOptions Queue { get; init; } = new();

    public LocalViewOptions LocalViews { get; init; } = new() { Count = 6, CropScale = [0.05, 0.14] };

    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImages(size, channels) with { CropScale = Views.CropScale };
}

/// <summary>SwAV's projector: linear, batch norm, ReLU, linear; then unit length.</summary>
public sealed record SwavProjectorOptions
{
    [Option("Width of the projector's hidden layer.", Least = 1)]
    public int Hidden { get; init; } = 2048;

    [Option("Dimension of embeddings and prototypes.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 128;

    [Option("Whether a batch norm follows the hidden layer. The authors suggest to leave it out where training collapses.")]
    public bool Norm { get; init; } = true;
}

/// <summary>Earlier embeddings that share the prototypes with those of a small batch (section 4.3, appendix A).</summary>
public sealed record SwavQueueOptions
{
    [Option("Embeddings of each global view that are kept; 0 for none.", Least = 0)]
    public int Length { get; init; } = 3840;

    [Option("The epoch from which they count: too early, they are too unlike today's.", Least = 0)]
    public double FromEpoch { get; init; } = 15;
}

/// <summary>
/// SwAV: unsupervised learning of visual features by contrasting cluster assignments (Caron et al., arXiv:2006.09882).
/// Each view predicts the prototypes that the other view of the image was assigned, all prototypes being used equally.
/// </summary>
internal static class Swav
{
    public static TrainingProgram Build(SwavOptions options)
    {
        var step = new StepGraph(options);
        CheckPrototypes(options);
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
        return step.Finish("swav", SwappedPrediction.Loss(scores, codes, options.Temperature), Concat(0, [.. globals]), options, new(
            [new(Math.Log(options.Prototypes), "ln K: every prototype is equally likely")],
            "A smaller ε (--set sinkhorn_epsilon=0.03), prototypes frozen for longer (--set freeze_prototypes=2), a projector without batch norm "
            + "(--set projector.norm=false), or fewer small views (--set local_views.count=2)."));
    }

    private static Value Embed(Net net, Value representations, SwavProjectorOptions options) => Functional.Normalize(Mlp.Build(net, "projector", representations,
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

        var open = step.Scalar("queue_open", new SwitchSchedule(options.Queue.FromEpoch), 1);
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
    private static void CheckPrototypes(SwavOptions options)
    {
        const int MostPerRow = 16;
        var (count, images, rows) = (options.Prototypes, options.Image.Count, options.Batch + options.Queue.Length);
        if (count > images)
        {
            throw new ArgumentException(
                $"prototypes is {count}, and there are {images} images: some prototypes could never get one. "
                + $"Set prototypes={Math.Max(2, images / 10)}; three for each class, or more, will do.");
        }

        if (count > MostPerRow * rows)
        {
            throw new ArgumentException(
                $"prototypes is {count}, to be shared equally by {rows} row{(rows == 1 ? "" : "s")} of batch and queue; expected at most {MostPerRow} for each. "
                + $"Set prototypes={MostPerRow * rows} or less, a larger batch, or queue.length={(count / 2) - options.Batch}.");
        }
    }
}
