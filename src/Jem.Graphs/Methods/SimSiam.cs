using Jem.Graphs.Heads;
using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// SimSiam: exploring simple Siamese representation learning (Chen and He, arXiv:2011.10566). One network predicts from one view its own
/// embedding of the other, which is held still. Each view goes through it by itself, as in the authors' code.
/// </summary>
internal static class SimSiam
{
    public static TrainingProgram Build(StepGraph step, SimSiamOptions options)
    {
        var (net, projector, predictor) = (step.Net, options.Projector, options.Predictor);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(projector.Layers, projector.Hidden, new(projector.Output, Bias: false, Norm: true, Affine: false))));
        var p = net.Each(z, embedding => Mlp.Build(net, "predictor", embedding, Mlp.Rows(predictor.Layers, predictor.Hidden, new(projector.Output))));
        if (predictor.Layers > 0)
        {
            step.KeepRate("predictor");
        }

        var targets = options.StopGradient ? [.. z.Select(Op.StopGradient)] : z;
        var loss = (NegativeCosineLoss.Of(p[0], targets[1]) + NegativeCosineLoss.Of(p[1], targets[0])) / 2;
        return step.Finish(loss, Op.Concat(0, [.. z]), new(
            [new(-1, "−1: every image has the same embedding, which is easy to predict")],
            step.Advice(
                ("stop_gradient=true", "targets that are held still"),
                ("predictor.layers≥2", "a predictor"))));
    }
}
