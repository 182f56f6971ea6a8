using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Kernels;
using Jem.Kernels.Lowering;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static Jem.Trainer.Tests.Kernels.LoweredPrograms;

namespace Jem.Trainer.Tests.Kernels;

public class LoweringTests
{
    [Test]
    public void Only_convolutions_with_more_filters_than_positions_and_no_stride_are_taken()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        Assert.That(Passes.Apply(model, direct: true).Where(kernel => !kernel.StartsWith("Elementwise")), Is.EqualTo(new[] { "Conv", "SignMul" }));
        var taken = model.Graph.Node.Where(node => node is { OpType: "Conv", Domain: JemKernels.Domain }).Select(node => node.Name[..^"_1".Length]);
        Assert.That(taken, Is.EquivalentTo(
            from layer in new[] { "layer3.0.conv2", "layer3.1.conv1", "layer3.1.conv2", "layer4.0.conv2", "layer4.1.conv1", "layer4.1.conv2" }
            select $"{layer}.Conv"));
    }

    [Test]
    public void Norms_take_the_addition_and_the_relu_behind_them_and_so_do_their_gradients()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        Assert.That(Passes.Apply(model, direct: false).Where(kernel => !kernel.StartsWith("Elementwise")), Is.EqualTo(new[]
        {
            "BatchNormAddRelu", "BatchNormAddReluGrad", "BatchNormRelu", "BatchNormReluGrad", "Conv",
        }));
        int Count(string kernel) => model.Graph.Node.Count(node => node.OpType == kernel);

        // A stem, eight blocks of two norms, and the projector's; of three blocks the shortcut has a norm of its own, which nothing follows.
        Assert.That((Count("BatchNormRelu"), Count("BatchNormReluGrad")), Is.EqualTo((10, 10)));
        Assert.That((Count("BatchNormAddRelu"), Count("BatchNormAddReluGrad")), Is.EqualTo((8, 8)));
        Assert.That(model.Graph.Node.Select(node => node.OpType), Has.None.EqualTo("Relu").And.None.EqualTo("SignMul").And.None.EqualTo("Sign"));
    }

    [Test]
    public void Convolutions_of_each_channel_alone_are_taken_with_their_bias()
    {
        var program = Program(new MethodRequest("simclr") { Backbone = "convnext_tiny", Width = 8, ImageSize = 32, Batch = 4 });
        var model = OnnxWriter.Model(program.Stages[0]);
        Assert.That(Passes.Apply(model, direct: false), Has.Member("ConvBias"));
        Assert.That(model.Graph.Node.Count(node => node.OpType == "ConvBias"), Is.EqualTo(3 + 3 + 9 + 3));
        Assert.That(model.Graph.Node.Select(node => node.OpType), Has.None.EqualTo("Conv"));
        Agree(program, "each channel alone");
    }

    [Test]
    public void A_sign_that_something_else_uses_too_is_left_alone()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        var sign = model.Graph.Node.First(node => node.OpType == "Sign");
        model.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { sign.Output[0] }, Output = { "other" } });
        Passes.Apply(model, direct: true);
        Assert.That(model.Graph.Node.Where(node => node.OpType == "Sign"), Is.EqualTo(new[] { sign }));
    }

    [Test]
    public void An_encoder_is_left_alone()
    {
        var encoder = OnnxWriter.Model(Program().Stages[1]);
        var before = encoder.Clone();
        Assert.That(Passes.Apply(encoder, direct: false), Is.Empty);
        Assert.That(encoder, Is.EqualTo(before));
    }

    [Test]
    public void Attention_reads_and_writes_heads_where_they_lie()
    {
        var model = OnnxWriter.Model(Transformer().Stages[0]);
        int Count(string kernel) => model.Graph.Node.Count(node => node.OpType.Split('_')[0] == kernel);
        var (products, large) = (Count("MatMul"), Count("Gemm"));
        Passes.Apply(model, direct: false);
        Assert.Multiple(() =>
        {
            // Of two layers: scores and sums of values, and two gradients of each. The loss has its own.
            Assert.That(Count("BatchedProduct"), Is.EqualTo(12));
            Assert.That(Count("MatMul"), Is.EqualTo(products - 12));
            Assert.That(model.Graph.Node.Count(node => node.OpType.StartsWith("Gemm_")), Is.GreaterThan(large / 2));

            // What cuts queries, keys and values apart stays, and its gradient.
            Assert.That(model.Graph.Node.Count(node => node.OpType == "Transpose" && node.Name.Contains("attn")), Is.EqualTo(4));
        });
    }

    // Which of a tensor's axes are a matrix's; the last says those of the result.
    [TestCase(new[] { 0, 1, 2, 3 }, new[] { 0, 1, 2, 3 }, new[] { 0, 1, 2, 3 }, 0)]
    [TestCase(new[] { 0, 2, 1, 3 }, new[] { 0, 2, 3, 1 }, new[] { 0, 1, 2, 3 }, 0)]
    [TestCase(new[] { 0, 1, 3, 2 }, new[] { 0, 2, 1, 3 }, new[] { 0, 2, 1, 3 }, 0)]
    [TestCase(new[] { 1, 0, 3, 2 }, new[] { 2, 0, 3, 1 }, new[] { 0, 3, 1, 2 }, 0)]
    [TestCase(new[] { 2, 1, 0, 3 }, new[] { 1, 0, 2, 3 }, new[] { 0, 1, 3, 2 }, 0)]
    [TestCase(new[] { 3, 2, 1, 0 }, new[] { 0, 1, 2, 3 }, new[] { 0, 1, 2, 3 }, 1)] // no matrix has adjacent numbers: that transposition stays
    public void Products_read_and_write_axes_in_any_order(int[] left, int[] right, int[] result, int transposes)
    {
        long[] a = [4, 3, 65, 64], b = [4, 3, 64, 35], y = [4, 3, 65, 35];
        long[] Source(long[] shape, int[] perm) => [.. Enumerable.Range(0, 4).Select(axis => shape[Array.IndexOf(perm, axis)])];
        NodeProto Transpose(string from, string to, int[] perm) => new()
        {
            OpType = "Transpose",
            Input = { from },
            Output = { to },
            Attribute = { new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints, Ints = { perm.Select(axis => (long)axis) } } },
        };
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = JemKernels.Domain, Version = 1 } },
            Graph = new GraphProto
            {
                Name = "product",
                Input = { Float32("a", Source(a, left)), Float32("b", Source(b, right)) },
                Output = { Float32("y", [.. result.Select(axis => y[axis])]) },
                ValueInfo = { Float32("at", a), Float32("bt", b), Float32("ab", y) },
                Node =
                {
                    Transpose("a", "at", left),
                    Transpose("b", "bt", right),
                    new NodeProto { OpType = "MatMul", Input = { "at", "bt" }, Output = { "ab" } },
                    Transpose("ab", "y", result),
                },
            },
        };

        float[] Run(bool kernels)
        {
            var own = model.Clone();
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            if (kernels)
            {
                JemKernels.Register(options, own);
                Assert.That(own.Graph.Node.Count(node => node.OpType == "Transpose"), Is.EqualTo(transposes));
            }

            using var session = new InferenceSession(own.ToByteArray(), options);
            var random = new Random(5);
            using var run = new RunOptions();
            using var results = session.Run(run, own.Graph.Input.ToDictionary(input => input.Name, input => Value(input, random)), ["y"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }

        Assert.That(Run(kernels: true), Is.EqualTo(Run(kernels: false)).Within(1e-4));
    }

    [Test]
    public void Attention_with_and_without_kernels_agrees() => Agree(Transformer(), "products, layer norms and softmaxes");

    [Test]
    public void Steps_with_and_without_kernels_agree() => Agree(Program(), "Winograd's transforms and norms with their ReLU");

    [Test]
    public void Factors_of_bfloat16_are_the_networks_and_not_the_losss()
    {
        var model = OnnxWriter.Model(Transformer().Stages[0]);
        Passes.Apply(model, direct: false, bf16: true);
        var products = model.Graph.Node
            .Where(node => node.Domain == JemKernels.Domain && node.OpType.Split('_')[0] is "Conv" or "ConvGradWeight" or "Gemm" or "BatchedProduct")
            .ToLookup(node => node.Attribute.Any(attribute => attribute is { Name: "bf16", I: 1 }), node => node.Name);
        Assert.That(products[true], Has.Some.StartsWith("blocks.0.attn").And.Some.StartsWith("grad.blocks.0.mlp.").And.Some.StartsWith("projector."));
        Assert.That(products[true], Has.None.Matches(@"^(grad\.)?[^.]*(\.[^.]*)?$").And.None.Contains("teacher"));
        var marked = model.Graph.Node.Where(node => node.Attribute.Any(attribute => attribute.Name == "bf16"));
        Assert.That(marked, Has.All.Property("Domain").EqualTo(JemKernels.Domain));
    }

    private static void Agree(TrainingProgram program, string what)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in ProgramWriter.Files(program))
        {
            File.WriteAllBytes(Path.Combine(folder.Path, name), bytes);
        }

        DeviceOptions[] ways =
        [
            new() { Kernels = false }, new() { Convolution = DeviceOptions.Direct }, new(),
            new() { Precision = JemKernels.HasBf16 ? DeviceOptions.Bf16 : null },
        ];
        var losses = ways.Select(way =>
        {
            using var runner = new StepRunner(folder.Path, new Device(way with { Threads = 2 }));
            new Random(3).NextBytes(runner.Batch("views"));
            return Enumerable.Range(0, 3).Select(_ =>
            {
                runner.Step();
                return runner.Metric("loss")[0];
            }).ToArray();
        }).ToArray();
        Assert.That(losses[1], Is.EqualTo(losses[0]).Within(1e-4), "direct");
        Assert.That(losses[2], Is.EqualTo(losses[0]).Within(1e-4), what);
        Assert.That(losses[0][2], Is.Not.EqualTo(losses[0][0]).Within(1e-3), "nothing was learnt");
        if (JemKernels.HasBf16)
        {
            Assert.That(losses[3], Is.EqualTo(losses[0]).Within(0.05).And.Not.EqualTo(losses[2]), "bfloat16");
        }
    }
}
