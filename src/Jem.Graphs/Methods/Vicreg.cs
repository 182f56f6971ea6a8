using Jem.Graphs.Heads;
using Jem.Graphs.Losses;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// VICReg: variance-invariance-covariance regularization (Bardes et al., arXiv:2105.04906). The embeddings of two views agree, spread in every
/// dimension, and the dimensions are uncorrelated. Each view goes through the network by itself, as in the authors' code.
/// </summary>
internal static class Vicreg
{
    public static TrainingProgram Build(StepGraph step, VicregOptions options)
    {
        if (options is { Invariance: 0, Variance: 0, Covariance: 0 })
        {
            throw new ArgumentException(
                "invariance, variance and covariance are all 0, and so is the loss. Set one of them above 0; the paper has 25, 25 and 1.");
        }

        var (net, expander) = (step.Net, options.Expander);
        var z = net.Each(step.PerView(step.Views(2)), view => Mlp.Build(net, "expander", step.Backbone(view),
            Mlp.Rows(expander.Layers, expander.Hidden, new(expander.Output, Bias: false))));
        var terms = VicregLoss.Of(z[0], z[1], options.Invariance, options.Variance, options.Covariance);
        step.Report("invariance", terms.Invariance);
        step.Report("variance", terms.Variance);
        step.Report("covariance", terms.Covariance);
        return step.Finish(terms.Loss, Op.Concat(0, [.. z]), new(
            [new(0.99 * options.Variance, "0.99·variance: every image has the same embedding")],
            step.Advice(
                ("variance≥25", "the paper's weight on spread"),
                ("variance×2", "more weight on spread"),
                ("covariance≥1", "where few directions are used, the paper's weight on them"),
                ("covariance×2", "where few directions are used, more weight on them"))));
    }
}
