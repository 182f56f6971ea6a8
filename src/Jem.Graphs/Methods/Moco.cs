using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>The options of MoCo: those of version 2. Version 1 is head=linear, temperature=0.07 and no blur.</summary>
public sealed record MocoOptions : MethodOptions
{
    public MocoOptions() => Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0 };

    [Option("Temperature of InfoNCE: 0.2 in version 2, 0.07 in version 1.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.2;

    [Option("Keys of earlier steps that a query is told apart from, any number. 4096 is usual for CIFAR.", Symbol = "K", Least = 1)]
    public int Queue { get; init; } = 65536;

    [Option("mlp: linear, ReLU, linear, as wide as the representation (version 2). linear: one layer (version 1).", Names = ["mlp", "linear"])]
    public string Head { get; init; } = "mlp";

    [Option("Dimension of queries and keys.", Symbol = "D", Least = 1)]
    public int Dimension { get; init; } = 128;

    [Option("Whether each view is both query and key, for twice the work per step.")]
    public bool Symmetric { get; init; }

    [Option("Groups of images that batch norm sees by themselves, other ones for keys than for queries; 1 is batch norm over the batch.", Least = 1)]
    public int NormSplits { get; init; } = 8;

    public EmaOptions Ema { get; init; } = new() { Momentum = 0.999, FinalMomentum = 0.999 };
}

/// <summary>
/// Momentum contrast (He et al., arXiv:1911.05722; version 2: Chen et al., arXiv:2003.04297). The query of one view finds the key of the
/// other, which a slowly moving encoder made, among the keys of earlier steps.
/// </summary>
internal static class Moco
{
    public static TrainingProgram Build(MocoOptions options)
    {
        var step = new StepGraph(options);
        var net = step.Net;
        Check(options);
        var views = step.PerView(step.Views(2));
        using var groups = net.SplitNorm(options.NormSplits);
        var queries = Concat(0, [.. net.Each(options.Symmetric ? views : [views[0]], Encode)]);
        var keys = Keys();
        var queue = Queue.Create(net, "queue", options.Queue, options.Dimension);
        var pointer = step.Scalar("queue_pointer", new PointerSchedule(queries.Shape[0], options.Queue), 0, DType.Int64);
        var loss = InfoNce.Loss(queries, Concat(0, [.. keys.Reverse()]), queue, options.Temperature);
        Queue.Enqueue(net, queue, Functional.Normalize(Concat(0, [.. keys])), pointer);
        step.Teach(options.Ema);
        return step.Finish("moco", loss, queries, options, new(
            [new(Math.Log(options.Queue + 1.0), "ln(K + 1): the other view is no nearer than any key of the queue")],
            Advice.Of(options,
                ("ema.momentum≥0.99", "a slower key encoder"),
                ("norm_splits≥2", "batch norm that does not tell which query and key are of one batch"),
                ("temperature≤0.1", "a smaller temperature"))));

        Value Encode(Value images)
        {
            var representation = step.Backbone(images);
            return Mlp.Build(net, "projector", representation, options.Head == "mlp"
                ? [new((int)representation.Shape[1], Activation: Relu), new(options.Dimension)]
                : [new(options.Dimension)]);
        }

        // The keys of the first view, if there are any, before those of the second.
        IReadOnlyList<Value> Keys()
        {
            using var teacher = net.Teacher();
            return net.Each(options.Symmetric ? views : [views[1]], view => Shuffled(view, options.NormSplits, Encode));
        }
    }

    /// <summary>
    /// Batch norm puts every splits-th image in a group. Here a group is a block of neighbours instead, so that a query and its key are
    /// never normalised by the same images and statistics do not give the pair away (section 3.3).
    /// </summary>
    private static Value Shuffled(Value images, int splits, Func<Value, Value> encode)
    {
        if (splits == 1)
        {
            return encode(images);
        }

        var (batch, each) = ((int)images.Shape[0], (int)images.Shape[0] / splits);
        long[] order = [.. Enumerable.Range(0, batch).Select(place => ((long)(place % splits) * each) + (place / splits))];
        long[] places = [.. Enumerable.Range(0, batch).Select(image => ((long)(image % each) * splits) + (image / each))];
        return Gather(encode(Gather(images, Ints(images.Graph, order))), Ints(images.Graph, places));
    }

    private static void Check(MocoOptions options)
    {
        bool Fits(int splits) => options.Batch % splits == 0 && options.Batch / splits >= 2;
        if (!Fits(options.NormSplits))
        {
            var fitting = Enumerable.Range(1, Math.Min(options.NormSplits, options.Batch)).Last(Fits);
            throw new ArgumentException($"norm_splits is {options.NormSplits} and batch {options.Batch}; expected groups of equal size with 2 images or more. Set norm_splits={fitting}, or another batch.");
        }
    }
}
