using Jem.Graphs.Heads;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// Unsupervised feature learning via non-parametric instance discrimination (Wu et al., arXiv:1805.01978): every image is a class of its
/// own, and its weight is what a memory bank remembers of it.
/// </summary>
internal static class Npid
{
    public static TrainingProgram Build(StepGraph step, NpidOptions options)
    {
        var bank = new InstanceBank(step, options);
        var embedding = Mlp.Build(step.Net, "projector", step.Backbone(step.Views(1)), [new(options.Dimension)]);
        var loss = bank.Loss(embedding);
        bank.Update(embedding);
        return step.Finish(loss, embedding, bank.Collapse(("temperature≥0.1", "a larger temperature")));
    }
}
