using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// Momentum contrast (He et al., arXiv:1911.05722; version 2: Chen et al., arXiv:2003.04297). The query of one view finds the key of the
/// other, which a slowly moving encoder made, among the keys of earlier steps.
/// </summary>
internal static class Moco
{
    public static TrainingProgram Build(StepGraph step, MocoOptions options)
    {
        var net = step.Net;
        Check(options);
        var views = step.PerView(step.Views(2));
        using var groups = net.SplitNorm(options.NormSplits);
        var queries = Concat(0, [.. net.Each(options.Symmetric ? views : [views[0]], Encode)]);
        var keys = Keys();
        var queue = Queue.Create(net, "queue", options.Queue, options.Dimension);
        var pointer = step.Scalar("queue_pointer", new PointerSchedule(queries.Shape[0], options.Queue), 0, DType.Int64);
        var loss = InfoNceLoss.Of(queries, Concat(0, [.. keys.Reverse()]), queue, options.Temperature);
        Queue.Enqueue(net, queue, Functional.Normalize(Concat(0, [.. keys])), pointer);
        step.Teach(options.Ema);
        return step.Finish(loss, queries, new(
            [new(Math.Log(options.Queue + 1.0), "ln(K + 1): the other view is no nearer than any key of the queue")],
            step.Advice(
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
        if (options.Queue > options.Image.Count)
        {
            throw new ArgumentException(
                $"queue is {options.Queue}, and there are {options.Image.Count} images: each image would meet itself among its negatives. "
                + $"Set queue={Math.Max(1, options.Image.Count / 10)}.");
        }

        bool Fits(int splits) => options.Batch % splits == 0 && options.Batch / splits >= 2;
        if (!Fits(options.NormSplits))
        {
            var fitting = Enumerable.Range(1, Math.Min(options.NormSplits, options.Batch)).Last(Fits);
            throw new ArgumentException(
                $"norm_splits is {options.NormSplits} and batch {options.Batch}; expected groups of equal size with 2 images or more. "
                + $"Set norm_splits={fitting}, or another batch.");
        }
    }
}
