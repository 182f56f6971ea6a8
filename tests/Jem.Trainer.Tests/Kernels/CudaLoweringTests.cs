using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Kernels;
using Jem.Kernels.Lowering;
using Jem.Tests.Cuda;
using Jem.Trainer.Configuration;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;

namespace Jem.Trainer.Tests.Kernels;

/// <summary>Whole steps as a GPU computes them, with <see cref="CudaStandIn"/> in its place, beside the programs as they were written.</summary>
[Platform("Linux")]
public class CudaLoweringTests
{
    private static ModelProto Residual() => Model(
        new MethodRequest("simclr") { Width = 8, ImageSize = 32, Batch = 6, Settings = ["backbone.stem=large", "optimizer.name=sgd"] });

    private static ModelProto Model(MethodRequest request) =>
        OnnxWriter.Model(LoweredPrograms.Program(request).Stages[0]);

    [Test]
    public void A_residual_network_keeps_its_channels_last_from_the_first_convolution_to_the_pooling()
    {
        var model = Residual();
        Passes.ApplyCuda(model, channelsLast: true);
        int Count(string kernel) => model.Graph.Node.Count(node => node.OpType == kernel);
        Assert.Multiple(() =>
        {
            Assert.That(model.Graph.Node.Select(node => node.OpType.Split('_')[0]), Has.None.EqualTo("Conv").And.None.EqualTo("ConvGradWeight"));

            // The image, and the gradient of the pooled features; those features.
            Assert.That((Count(ChannelsLast.ToLast), Count(ChannelsLast.ToFirst)), Is.EqualTo((2, 1)));
        });
    }

    [Test]
    public void A_step_of_a_residual_network_agrees_with_its_operators([Values] bool channelsLast) => Agree(Residual(), channelsLast);

    [Test]
    public void A_step_of_a_transformer_agrees_with_its_operators() => Agree(
        Model(new MethodRequest("dino")
        {
            Backbone = "vit_tiny",
            Width = 48,
            ImageSize = 32,
            Batch = 3,
            Settings = ["backbone.depth=2", "backbone.patch=8", "prototypes=16", "projector.hidden=32", "optimizer.name=adamw"],
        }),
        channelsLast: true);

    private static void Agree(ModelProto model, bool channelsLast)
    {
        var (expected, actual) = (Outputs(model, kernels: false), Outputs(model, kernels: true, channelsLast));
        foreach (var (name, right) in expected)
        {
            var error = Math.Sqrt(right.Zip(actual[name], (a, b) => Math.Pow(a - b, 2)).Sum()) / (1e-3 + Math.Sqrt(right.Sum(value => (double)value * value)));
            Assert.That(error, Is.LessThan(1e-3), name);
        }
    }

    private static Dictionary<string, float[]> Outputs(ModelProto model, bool kernels, bool channelsLast = false)
    {
        var own = model.Clone();
        using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (kernels)
        {
            var rows = CudaStandIn.Rows();
            string[] names = [.. own.Functions.Select(function => function.Name), .. Passes.ApplyCuda(own, channelsLast)];
            JemKernels.Register(options, names, name => JemKernels.RowOf(rows, name), "stand-in ");
        }

        using var session = new InferenceSession(own.ToByteArray(), options);
        var random = new Random(5);
        using var run = new RunOptions();
        var inputs = own.Graph.Input.ToDictionary(input => input.Name, input => LoweredPrograms.Value(input, random));
        using var results = session.Run(run, inputs, session.OutputNames);
        return session.OutputNames.Zip(results)
            .Where(pair => pair.Second.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float)
            .ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }
}
