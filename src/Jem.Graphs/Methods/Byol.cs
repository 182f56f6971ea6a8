using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// BYOL: bootstrap your own latent (Grill et al., arXiv:2006.07733). From one view a student predicts what its teacher, the moving average
/// of itself, makes of the other. Backbone and heads see each view by itself, as in the authors' code.
/// </summary>
internal static class Byol
{
    public static TrainingProgram Build(StepGraph step, ByolOptions options)
    {
        var (net, views) = (step.Net, step.PerView(step.Views(2)));
        var embeddings = net.Each(views, Project);
        var predictions = net.Each(embeddings, embedding => Mlp.Build(net, "predictor", embedding,
            Mlp.Rows(options.Predictor.Layers, options.Predictor.Hidden, new(options.Projector.Output, Bias: false))));
        IReadOnlyList<Value> targets;
        using (net.Teacher())
        {
            targets = net.Each(views, Project);
        }

        step.Teach(options.Ema);
        var loss = SquaredDistance(predictions[0], targets[1]) + SquaredDistance(predictions[1], targets[0]);
        return step.Finish(loss, Op.Concat(0, [.. embeddings]), new(
            [new(0, "0: every image has the same embedding, which is easy to predict")],
            step.Advice(
                ("predictor.layers≥2", "a predictor, without which there is nothing to prevent it"),
                ("ema.momentum≥0.9", "a slower teacher"),
                ("ema.momentum≤0.99", "in a short run, a teacher that follows faster"))));

        Value Project(Value view) => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(options.Projector.Layers, options.Projector.Hidden, new(options.Projector.Output, Bias: false)));
    }

    /// <summary>
    /// ‖p̄ − z̄‖² of unit vectors, in [0, 4] (equation 2). The loss is the sum of both directions, as in section 3.1; others take their
    /// mean.
    /// </summary>
    private static Value SquaredDistance(Value prediction, Value target) => (NegativeCosineLoss.Of(prediction, target) * 2) + 2;
}
