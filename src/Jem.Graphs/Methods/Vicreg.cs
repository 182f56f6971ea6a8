using Jem.Graphs.Heads;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>The options of VICReg.</summary>
public sealed record VicregOptions : MethodOptions
{
    public VicregOptions()
    {
        Optimizer = new() { Name = "lars", LearningRate = 0.2, WeightDecay = 1e-6, FinalFraction = 0.001 };
        Views = new() { Saturation = 0.2 };
    }

    [Option("Weight of the distance between the two embeddings of an image.", Symbol = "λ", Least = 0)]
    public double Invariance { get; init; } = 25;

    [Option("Weight of the spread that each dimension lacks; with 0 all images get one embedding.", Symbol = "μ", Least = 0)]
    public double Variance { get; init; } = 25;

    [Option("Weight of what dimensions have in common; with 0 few directions are used.", Symbol = "ν", Least = 0)]
    public double Covariance { get; init; } = 1;

    public ProjectorOptions Expander { get; init; } = new() { Layers = 3, Hidden = 8192, Output = 8192 };

    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels);
}

/// <summary>
/// VICReg: variance-invariance-covariance regularization (Bardes et al., arXiv:2105.04906). The embeddings of two views agree, spread in every
/// dimension, and the dimensions are uncorrelated. Each view goes through the network by itself, as in the authors' code.
/// </summary>
internal static class Vicreg
{
    public static TrainingProgram Build(VicregOptions options)
    {
        if (options is { Invariance: 0, Variance: 0, Covariance: 0 })
        {
            throw new ArgumentException("invariance, variance and covariance are all 0, and so is the loss. Set one of them above 0; the paper has 25, 25 and 1.");
        }

        var step = new StepGraph(options);
        var (net, expander) = (step.Net, options.Expander);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "expander", step.Backbone(view),
            Mlp.Rows(expander.Layers, expander.Hidden, new(expander.Output, Bias: false))));
        var terms = Losses.Vicreg.Loss(z[0], z[1], options.Invariance, options.Variance, options.Covariance);
        step.Report("invariance", terms.Invariance);
        step.Report("variance", terms.Variance);
        step.Report("covariance", terms.Covariance);
        return step.Finish("vicreg", terms.Loss, Op.Concat(0, [.. z]), options, new(
            [new(0.99 * options.Variance, "0.99·variance: every image has the same embedding")],
            Advice.Of(options,
                ("variance≥25", "the paper's weight on spread"),
                ("variance×2", "more weight on spread"),
                ("covariance≥1", "where few directions are used, the paper's weight on them"),
                ("covariance×2", "where few directions are used, more weight on them"))));
    }
}
