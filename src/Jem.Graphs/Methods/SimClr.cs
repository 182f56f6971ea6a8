using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Options;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimCLR.</summary>
public sealed record SimClrOptions : MethodOptions
{
    // Section 2.2 and appendix B: with lars, 0.3·B/256 after ten epochs of warm-up.
    public SimClrOptions() => Optimizer = new() { Name = "lars", LearningRate = 0.3, WeightDecay = 1e-6, WarmupEpochs = 10 };

    [Option("Temperature of NT-Xent. The paper takes 0.1 for ImageNet and 0.5 for CIFAR-10.", Symbol = "τ", Above = 0)]
    public double Temperature { get; init; } = 0.5;

    public SimClrProjectorOptions Projector { get; init; } = new();
}

/// <summary>SimCLR's projector g: linear, ReLU, linear.</summary>
public sealed record SimClrProjectorOptions
{
    [Option("Width of the projector's hidden layer; 0 takes the representation's.", Least = 0)]
    public int Hidden { get; init; }

    [Option("Dimension of the embedding that the loss compares.", Symbol = "D", Least = 1)]
    public int Output { get; init; } = 128;

    [Option("Whether a batch norm follows each linear layer of the projector, as in the authors' code; without, as in the paper's text.")]
    public bool Norm { get; init; } = true;
}

/// <summary>
/// SimCLR: a simple framework for contrastive learning of visual representations (Chen et al., arXiv:2002.05709).
/// Two views of an image attract each other; those of all other images in the batch repel.
/// </summary>
internal static class SimClr
{
    public static TrainingProgram Build(SimClrOptions options)
    {
        var step = new StepGraph(options);
        var representation = step.Backbone(step.Views(2));
        var embedding = Projector(step.Net, representation, options.Projector);
        var loss = NtXent.Loss(embedding, options.Temperature);
        return step.Finish("simclr", loss, embedding, options, new(
            [new(Math.Log((2 * options.Batch) - 1), "ln(2B − 1): no view is nearer to its partner than to any other")],
            Advice.Of(options,
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
