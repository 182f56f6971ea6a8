using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Backbones;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>
/// What the training graphs of all methods share: the views as bytes at the start, the optimiser at the end,
/// and the encoder as a second stage.
/// </summary>
internal sealed class StepGraph
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly MethodOptions _options;

    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    public StepGraph(MethodOptions options)
    {
        OptionTable.Check(options);
        _options = options;
        if (options.Views.Size != options.Image.Size)
        {
            throw new ArgumentException($"views.size is {options.Views.Size} and image.size {options.Image.Size}; expected the same. --image-size sets both.");
        }

        Net = new Net(new Graph("step"), training: true);
    }

    public Net Net { get; }

    /// <summary>The batch input <c>views</c>, bytes [V·B,C,S,S] with all of the first view first, normalised.</summary>
    public Value Views()
    {
        var image = _options.Image;
        var pixels = Net.Graph.Input("views", DType.UInt8, [(long)_options.Views.Count * _options.Batch, image.Channels, _options.Views.Size, _options.Views.Size]);
        return Functional.NormalizePixels(pixels, image.Mean, image.Std);
    }

    /// <summary>Images [N,C,S,S] → representations [N,D].</summary>
    public Value Backbone(Value images) => BackboneTable.Build(Net, images, _options.Backbone);

    /// <summary>Adds gradients, optimiser and metrics, and the encoder beside them.</summary>
    public TrainingProgram Finish(string method, Value loss, Value embedding, MethodOptions options)
    {
        const string LearningRate = "learning_rate";
        var optimizer = _options.Optimizer;
        var peak = optimizer.LearningRate * _options.Batch / 256;
        var gradients = Gradient.Of(loss, [.. Net.Parameters]);
        var learningRate = Net.Graph.Input(LearningRate, DType.Float, Shape.Scalar, Role.Scalar, peak);
        Optimizer.Step(Net, gradients, learningRate, optimizer);
        Net.Graph.Output("loss", loss);
        Net.Graph.Output("embedding", embedding);
        Net.DeclareUpdates();
        Net.Graph.Prune();
        return new TrainingProgram(
            method,
            (JsonObject)JsonSerializer.SerializeToNode(options, options.GetType(), s_json)!,
            [Net.Graph, Encoder()],
            Net.Variables,
            new Dictionary<string, ScheduleRecipe> { [LearningRate] = new(peak, peak * optimizer.FinalFraction, optimizer.WarmupEpochs) },
            _options.Seed);
    }

    // The encoder is the backbone: SimCLR's section 4.2 and every method after it throw the projector away.
    private Graph Encoder()
    {
        var net = new Net(new Graph("encoder"), training: false);
        var image = _options.Image;
        var images = net.Graph.Input("image", DType.Float, [Shape.AnyBatch, image.Channels, image.Size, image.Size]);
        net.Graph.Output("embedding", BackboneTable.Build(net, images, _options.Backbone));
        net.Graph.Prune();
        return net.Graph;
    }
}
