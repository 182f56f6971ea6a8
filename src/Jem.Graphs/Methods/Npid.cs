using Jem.Graphs.Heads;
using Jem.Graphs.Optim;

namespace Jem.Graphs.Methods;

/// <summary>The options of instance discrimination.</summary>
public sealed record NpidOptions : BankOptions
{
    public NpidOptions()
    {
        Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0 };
        Views = new ViewRecipe { Count = 1, Jitter = 1, Hue = 0.4 };
    }

    // The authors' code crops no less than a fifth of the image and blurs nothing.
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale, Blur = Views.Blur };
}

/// <summary>
/// Unsupervised feature learning via non-parametric instance discrimination (Wu et al., arXiv:1805.01978): every image is a class of its
/// own, and its weight is what a memory bank remembers of it.
/// </summary>
internal static class Npid
{
    public static TrainingProgram Build(NpidOptions options)
    {
        var step = new StepGraph(options);
        var bank = new InstanceBank(step, options);
        var embedding = Mlp.Build(step.Net, "projector", step.Backbone(step.Views(1)), [new(options.Dimension)]);
        var loss = bank.Loss(embedding);
        bank.Update(embedding);
        return step.Finish("npid", loss, embedding, options, bank.Collapse(("temperature≥0.1", "a larger temperature")));
    }
}
