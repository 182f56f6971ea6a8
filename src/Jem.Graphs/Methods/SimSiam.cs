using Jem.Graphs.Heads;
using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimSiam.</summary>
public sealed record SimSiamOptions : MethodOptions
{
    public SimSiamOptions() => Optimizer = new() { Name = "sgd", LearningRate = 0.05, WarmupEpochs = 0 };

    [Option("Whether no gradient flows into the embedding that is predicted. Without it the network collapses (section 4.1).")]
    public bool StopGradient { get; init; } = true;

    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 2048, Output = 2048 };

    public PredictorOptions Predictor { get; init; } = new() { Layers = 2, Hidden = 512 };

    // The crops are never smaller than a fifth of the image, as in the authors' code.
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale };
}

/// <summary>
/// SimSiam: exploring simple Siamese representation learning (Chen and He, arXiv:2011.10566). One network predicts from one view its own
/// embedding of the other, which is held still. Each view goes through it by itself, as in the authors' code.
/// </summary>
internal static class SimSiam
{
    public static TrainingProgram Build(SimSiamOptions options)
    {
        var step = new StepGraph(options);
        var (net, projector, predictor) = (step.Net, options.Projector, options.Predictor);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(projector.Layers, projector.Hidden, new(projector.Output, Bias: false, Norm: true, Affine: false))));
        var p = net.Each(z, embedding => Mlp.Build(net, "predictor", embedding, Mlp.Rows(predictor.Layers, predictor.Hidden, new(projector.Output))));
        if (predictor.Layers > 0)
        {
            step.KeepRate("predictor");
        }

        var targets = options.StopGradient ? [.. z.Select(Op.StopGradient)] : z;
        var loss = (NegativeCosine.Loss(p[0], targets[1]) + NegativeCosine.Loss(p[1], targets[0])) / 2;
        return step.Finish("simsiam", loss, Op.Concat(0, [.. z]), options, new(
            [new(-1, "−1: every image has the same embedding, which is easy to predict")],
            Advice.Of(options,
                ("stop_gradient=true", "targets that are held still"),
                ("predictor.layers≥2", "a predictor"))));
    }
}
