using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Nn;

public class LayersTests
{
    private const string RunningMean = "running_mean", RunningVariance = "running_var";

    private static readonly Oracle s_oracle = new("layers");

    [TestCase("images", true)]
    [TestCase("vectors", true)]
    [TestCase("plain", false)]
    public void Batch_norm_trains_as_PyTorchs(string recorded, bool affine)
    {
        var (mean, variance) = (Array.Empty<double>(), Array.Empty<double>());
        for (var step = 0; step < 3; step++)
        {
            var here = $"{recorded}.{step}";
            var graph = Layer(here, (net, x) => Layers.BatchNorm(net, "", x, affine), training: true);
            if (step == 0)
            {
                var channels = graph.Inputs.First(input => input.Value.Name == RunningMean).Value.Shape.Size;
                (mean, variance) = (new double[channels], [.. Enumerable.Repeat(1.0, (int)channels)]);
            }

            var results = Compare(graph, recorded, here, new() { [RunningMean] = mean, [RunningVariance] = variance });
            (mean, variance) = (results[$"{RunningMean}.next"], results[$"{RunningVariance}.next"]);
            Relative.Agree($"the running mean after step {step + 1}", mean, s_oracle[$"{here}.{RunningMean}"], 1e-6);
            Relative.Agree($"the running variance after step {step + 1}", variance, s_oracle[$"{here}.{RunningVariance}"], 1e-6);
        }
    }

    [TestCase("images", true)]
    [TestCase("vectors", true)]
    [TestCase("plain", false)]
    public void Batch_norm_infers_as_PyTorchs(string recorded, bool affine)
    {
        var graph = Layer($"{recorded}.eval", (net, x) => Layers.BatchNorm(net, "", x, affine), training: false);
        Compare(graph, recorded, $"{recorded}.eval", new()
        {
            [RunningMean] = s_oracle[$"{recorded}.2.{RunningMean}"],
            [RunningVariance] = s_oracle[$"{recorded}.2.{RunningVariance}"],
        });
    }

    [TestCase("linear", true)]
    [TestCase("bare", false)]
    public void A_linear_layer_is_PyTorchs(string recorded, bool bias) =>
        Compare(Layer(recorded, (net, x) => Layers.Linear(net, "", x, 3, bias), training: true), recorded, recorded, []);

    [TestCase(1, 1)]
    [TestCase(1, 2)]
    [TestCase(3, 1)]
    [TestCase(3, 2)]
    [TestCase(7, 2)]
    public void A_convolution_is_PyTorchs(int kernel, int stride)
    {
        var recorded = $"conv{kernel}x{stride}";
        Compare(Layer(recorded, (net, x) => Layers.Conv2d(net, "", x, 4, kernel, stride), training: true), recorded, recorded, []);
    }

    [Test]
    public void Normalize_is_PyTorchs() =>
        Compare(Layer("normalize", (_, x) => Functional.Normalize(x), training: true), "normalize", "normalize", []);

    [Test]
    public void Pixels_are_normalised_channel_by_channel()
    {
        var graph = new Graph("pixels");
        var pixels = graph.Input("pixels", DType.UInt8, s_oracle.Shape("pixels.x"));
        graph.Output("y", Functional.NormalizePixels(pixels, s_oracle["pixels.mean"], s_oracle["pixels.std"]));
        using var runner = new GraphRunner(graph);
        Relative.Agree("y", runner.Run([s_oracle["pixels.x"]])[0], s_oracle["pixels.y"], 1e-6);
    }

    [TestCase(1, new[] { 0.5, 0.5, 0.5 }, new[] { 0.25, 0.25, 0.25 }, "[0.5, 0.5, 0.5] and [0.25, 0.25, 0.25]")]
    [TestCase(2, new[] { 0.5, 0.5 }, new[] { 0.25 }, "[0.5, 0.5] and [0.25]")]
    [TestCase(1, new[] { 0.5 }, new[] { 0.0 }, "[0.5] and [0]")]
    public void Pixels_need_a_mean_and_a_deviation_for_each_channel(int channels, double[] mean, double[] std, string got)
    {
        var pixels = new Graph("pixels").Input("pixels", DType.UInt8, [4, channels, 8, 8]);
        Assert.That(() => Functional.NormalizePixels(pixels, mean, std), Throws.ArgumentException.With.Message.EqualTo(
            $"image.mean and image.std need one number for each of {channels} channels, std > 0; got {got}."));
    }

    [Test]
    public void Batch_norm_of_one_element_per_channel_is_refused()
    {
        var net = new Net(new Graph("step"), training: true);
        var x = net.Graph.Input("x", DType.Float, [1, 4]);
        Assert.That(() => Layers.BatchNorm(net, "bn", x), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "BatchNormTraining at 'bn' of 'step' (x: float32[1,4], bn.weight: float32[4], bn.bias: float32[4]): "
            + "expected more than one element per channel to take statistics of, got [1,4]. Use a larger batch."));
    }

    /// <summary>A layer on the recorded x; y and the gradients of Σ y·δ as outputs, and the states' updates. Inference has no gradients.</summary>
    private static Graph Layer(string recorded, Func<Net, Value, Value> layer, bool training)
    {
        var net = new Net(new Graph("layer"), training);
        var x = net.Graph.Input("x", DType.Float, s_oracle.Shape($"{recorded}.x"));
        var y = layer(net, x);
        if (training)
        {
            var δ = net.Graph.Input("delta", DType.Float, y.Shape);
            Value[] by = [x, .. net.Parameters];
            foreach (var (value, gradient) in by.Zip(Gradient.Of(Op.Sum(y * δ), by)))
            {
                net.Graph.Output($"gradient.{value.Name}", Op.Identity(gradient));
            }
        }

        net.Graph.Output("y", Op.Identity(y));
        net.DeclareUpdates();
        net.Graph.Prune();
        return net.Graph;
    }

    private static Dictionary<string, double[]> Compare(Graph graph, string module, string call, Dictionary<string, double[]> states)
    {
        var inputs = graph.Inputs.ToDictionary(input => input.Value.Name, input => input.Role switch
        {
            Role.Parameter => s_oracle[$"{module}.{input.Value.Name}"],
            Role.State => states[input.Value.Name],
            _ => s_oracle[$"{call}.{input.Value.Name}"],
        });
        using var runner = new GraphRunner(graph);
        var results = runner.Run(inputs);
        foreach (var name in results.Keys.Where(name => !name.EndsWith(".next")))
        {
            Relative.Agree($"{name} of {call}", results[name], s_oracle[$"{call}.{name}"], 2e-6);
        }

        return results;
    }
}
