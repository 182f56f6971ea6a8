using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// SimCLR: a simple framework for contrastive learning of visual representations (Chen et al., arXiv:2002.05709).
/// Two views of an image attract each other; those of all other images in the batch repel.
/// </summary>
internal static class SimClr
{
    public static TrainingProgram Build(StepGraph step, SimClrOptions options)
    {
        var representation = step.Backbone(step.Views(2));
        var embedding = Projector(step.Net, representation, options.Projector);
        var loss = NtXentLoss.Of(embedding, options.Temperature);
        return step.Finish(loss, embedding, new(
            [new(Math.Log((2 * options.Batch) - 1), "ln(2B − 1): no view is nearer to its partner than to any other")],
            step.Advice(
                ("temperature≤0.1", "a smaller temperature"),
                ("projector.norm=true", "a projector with batch norm"))));
    }

    private static Value Projector(Net net, Value representation, SimClrProjectorOptions options)
    {
        var hidden = options.Hidden > 0 ? options.Hidden : (int)representation.Shape[1];
        return Mlp.Build(net, "projector", representation,
        [
            new(hidden, Bias: !options.Norm, options.Norm, Activation: Relu),
            new(options.Output, Bias: !options.Norm, options.Norm),
        ]);
    }
}
