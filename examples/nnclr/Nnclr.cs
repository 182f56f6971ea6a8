using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Nnclr;

/// <summary>The options of NNCLR, with the paper's defaults.</summary>
public sealed record NnclrOptions : MethodOptions
{
    /// <summary>Section 4.1: LARS, ten epochs of warm-up, 0.3·B/256.</summary>
    public NnclrOptions() => Optimizer = new() { Name = "lars", LearningRate = 0.3, WeightDecay = 1e-6, WarmupEpochs = 10 };

    /// <summary>τ of the similarities.</summary>
    [Option("Temperature of InfoNCE.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Rows of the support set.</summary>
    [Option("Embeddings of earlier steps among which the nearest neighbour is looked for.", Symbol = "K", Least = 1)]
    public int Queue { get; init; } = 98304;

    /// <summary>The projector.</summary>
    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 2048, Output = 256 };

    /// <summary>The predictor.</summary>
    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 4096 };
}

/// <summary>
/// NNCLR: with a little help from my friends (Dwibedi et al., arXiv:2104.14548). From one view the network predicts the nearest neighbour,
/// among earlier embeddings, of the other view's embedding.
/// </summary>
public static class NnclrMethod
{
    /// <summary>The row of the catalog.</summary>
    public static Method Row { get; } = Method.Of<NnclrOptions>(
        "nnclr", "With a little help from my friends: nearest-neighbor contrastive learning of visual representations (arXiv:2104.14548)", Build);

    private static TrainingProgram Build(StepGraph step, NnclrOptions options)
    {
        var (net, projector, predictor) = (step.Net, options.Projector, options.Predictor);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(projector.Layers, projector.Hidden, new(projector.Output, Bias: false, Norm: true))));
        var p = net.Each(z, embedding => Mlp.Build(net, "predictor", embedding,
            Mlp.Rows(predictor.Layers, predictor.Hidden, new(projector.Output))));

        // Section 3.2: the support set is the first view's embeddings of earlier steps, of unit length.
        var support = Queue.Create(net, "support", options.Queue, projector.Output);
        var pointer = step.Scalar("support_pointer", new PointerSchedule(options.Batch, options.Queue), 0, DType.Int64);
        var loss = (Contrast(Neighbours(z[0], support), p[1]) + Contrast(Neighbours(z[1], support), p[0])) / 2;
        Queue.Enqueue(net, support, Functional.Normalize(z[0]), pointer);
        return step.Finish(loss, Concat(0, [.. z]), new(
            [new(Math.Log(options.Batch), "ln B: no image is nearer to its neighbour's prediction than to any other")],
            step.Advice(("temperature≤0.1", "a smaller temperature"), ("predictor.layers≥2", "a predictor"))));

        // Equation 3: rows are neighbours [B,D], columns predictions [B,D], and the right one is on the diagonal.
        Value Contrast(Value neighbours, Value predictions)
        {
            var similarity = Gemm(neighbours, Functional.Normalize(predictions), transB: true) / options.Temperature;
            return Mean(LogSumExp(similarity, 1) - (Sum(neighbours * Functional.Normalize(predictions), 1) / options.Temperature));
        }
    }

    /// <summary>Equation 2: embeddings [B,D] → the rows [B,D] of the support set that are nearest to them; no gradient flows.</summary>
    private static Value Neighbours(Value embeddings, Value support) =>
        StopGradient(Gather(support, ArgMax(Gemm(Functional.Normalize(embeddings), support, transB: true), axis: 1)));
}
