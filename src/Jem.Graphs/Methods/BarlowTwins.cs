using Jem.Graphs.Heads;
using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// Barlow Twins: self-supervised learning via redundancy reduction (Zbontar et al., arXiv:2103.03230). Each dimension of the embedding is to
/// agree between two views and to say what no other does. Each view goes through the network by itself, as in the authors' code.
/// </summary>
internal static class BarlowTwins
{
    public static TrainingProgram Build(StepGraph step, BarlowTwinsOptions options)
    {
        var (net, projector) = (step.Net, options.Projector);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(projector.Layers, projector.Hidden, new(projector.Output, Bias: false))));
        var loss = BarlowTwinsLoss.Of(z[0], z[1], options.Lambda, options.Scale);
        var dimensions = (double)projector.Output;
        return step.Finish(loss, Op.Concat(0, [.. z]), new(
            [
                new(options.Scale * dimensions, "scale·D: every image has the same embedding"),
                new(options.Scale * options.Lambda * dimensions * (dimensions - 1), "scale·λ·D·(D − 1): every dimension says the same"),
            ],
            step.Advice(
                options.Optimizer.Name == "lars" ? ("scale≤0.024", "a smaller scale, so that biases and norms learn more slowly") : null,
                ("lambda×4", "where few directions are used, more weight on redundancy"))));
    }
}
