using Jem.Graphs.Heads;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The options of Barlow Twins.</summary>
public sealed record BarlowTwinsOptions : MethodOptions
{
    public BarlowTwinsOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1e-6, FinalFraction = 0.001 };
        Views = new() { Saturation = 0.2 };
    }

    [Option("Weight of the redundancy, the cross-correlation of different dimensions.", Symbol = "λ", Least = 0)]
    public double Lambda { get; init; } = 0.0051;

    [Option("A factor of the loss, which lars feels in biases and norms only: 0.024 with one rate of 0.2 is the authors' 0.2 for weights and 0.0048 for the rest. CIFAR recipes take 0.1.", Above = 0)]
    public double Scale { get; init; } = 0.024;

    public ProjectorOptions Projector { get; init; } = new() { Layers = 3, Hidden = 8192, Output = 8192 };

    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}

/// <summary>
/// Barlow Twins: self-supervised learning via redundancy reduction (Zbontar et al., arXiv:2103.03230). Each dimension of the embedding is to
/// agree between two views and to say what no other does. Each view goes through the network by itself, as in the authors' code.
/// </summary>
internal static class BarlowTwins
{
    public static TrainingProgram Build(BarlowTwinsOptions options)
    {
        var step = new StepGraph(options);
        var (net, projector) = (step.Net, options.Projector);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "projector", step.Backbone(view),
            Mlp.Rows(projector.Layers, projector.Hidden, new(projector.Output, Bias: false))));
        var loss = Losses.BarlowTwins.Loss(z[0], z[1], options.Lambda, options.Scale);
        var dimensions = (double)projector.Output;
        return step.Finish("barlow-twins", loss, Op.Concat(0, [.. z]), options, new(
            [
                new(options.Scale * dimensions, "scale·D: every image has the same embedding"),
                new(options.Scale * options.Lambda * dimensions * (dimensions - 1), "scale·λ·D·(D − 1): every dimension says the same"),
            ],
            Advice.Of(options,
                options.Optimizer.Name == "lars" ? ("scale≤0.024", "a smaller scale, so that biases and norms learn more slowly") : null,
                ("lambda×4", "where few directions are used, more weight on redundancy"))));
    }
}
