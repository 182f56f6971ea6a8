using Jem.Graphs.Heads;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>
/// Self-supervised learning of pretext-invariant representations (Misra and van der Maaten, arXiv:1912.01991): a view of an image and a
/// jigsaw of it both find what a memory bank remembers of the view.
/// </summary>
internal static class Pirl
{
    public static TrainingProgram Build(StepGraph step, PirlOptions options)
    {
        var net = step.Net;
        var jigsaw = options.Jigsaw.Of(step);
        var count = jigsaw.Grid * jigsaw.Grid;
        var views = step.Views(1);
        var patches = step.Images("patches", count, jigsaw.Patch, jigsaw);

        // Each by itself, and the views last, so that running statistics lean to whole images.
        var representations = net.Each([patches, views], step.Backbone);
        var pieces = Jigsaw.Build(net, "jigsaw", representations[0], count, options.Dimension);
        var embedding = Mlp.Build(net, "projector", representations[1], [new(options.Dimension)]);
        var bank = new InstanceBank(step, options);
        var (jigsawLoss, imageLoss) = (bank.Loss(pieces), bank.Loss(embedding));
        bank.Update(embedding);
        step.Report("jigsaw_loss", jigsawLoss);
        step.Report("image_loss", imageLoss);
        var λ = options.Jigsaw.Weight;
        return step.Finish((jigsawLoss * λ) + (imageLoss * (1 - λ)), embedding, bank.Collapse(("jigsaw.weight≤0.25", "more weight on whole views")));
    }
}
