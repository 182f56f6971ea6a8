using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Methods;

/// <summary>The options of SimCLR.</summary>
public sealed record SimClrOptions : MethodOptions
{
    /// <summary>τ of NT-Xent, &gt; 0. The paper takes 0.1 for ImageNet and 0.5 for CIFAR-10.</summary>
    public double Temperature { get; init; } = 0.5;

    public SimClrProjectorOptions Projector { get; init; } = new();
}

/// <summary>SimCLR's projector g: linear, ReLU, linear.</summary>
public sealed record SimClrProjectorOptions
{
    /// <summary>Width of the hidden layer; 0 takes the representation's.</summary>
    public int Hidden { get; init; }

    /// <summary>Dimension of the embedding.</summary>
    public int Output { get; init; } = 128;

    /// <summary>Whether a batch norm follows each linear layer, as in the authors' code; without, as in the paper's text.</summary>
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
        Check(options);
        var step = new StepGraph(options);
        var views = step.Views();
        var representation = step.Backbone(views);
        var embedding = Projector(step.Net, representation, options.Projector);
        var loss = NtXent.Loss(embedding, options.Temperature);
        return step.Finish("simclr", loss, embedding, options);
    }

    private static void Check(SimClrOptions options)
    {
        if (options.Views.Count != 2)
        {
            throw new ArgumentException($"views.count is {options.Views.Count}; SimCLR compares exactly 2 views of an image.");
        }

        if (options.Projector.Output < 1 || options.Projector.Hidden < 0)
        {
            throw new ArgumentException($"projector.output is {options.Projector.Output} and projector.hidden {options.Projector.Hidden}; expected at least 1, and at least 0 (0 takes the representation's width).");
        }
    }

    private static Value Projector(Net net, Value representation, SimClrProjectorOptions options)
    {
        var hidden = options.Hidden > 0 ? options.Hidden : (int)representation.Shape[1];
        return Mlp.Build(net, "projector", representation,
        [
            new(hidden, Bias: !options.Norm, options.Norm, Relu: true),
            new(options.Output, Bias: !options.Norm, options.Norm),
        ]);
    }
}
