using Google.Protobuf;
using Google.Protobuf.Collections;
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
            "BatchNormAddRelu", "BatchNormAddReluGrad", "BatchNormAddReluGradOfSum", "BatchNormRelu", "BatchNormReluGrad", "Conv",
        }));
        int Count(string kernel) => model.Graph.Node.Count(node => node.OpType == kernel);

        // A stem, eight blocks of two norms, and the projector's; of three blocks the shortcut has a norm of its own, which nothing follows.
        Assert.That((Count("BatchNormRelu"), Count("BatchNormReluGrad")), Is.EqualTo((10, 10)));

        // Two readers give the output of all blocks but the last something back.
        Assert.That((Count("BatchNormAddRelu"), Count("BatchNormAddReluGrad"), Count("BatchNormAddReluGradOfSum")), Is.EqualTo((8, 1, 7)));
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
        var model = Model(
            [Float32("a", Source(a, left)), Float32("b", Source(b, right))], Float32("y", [.. result.Select(axis => y[axis])]),
            [Float32("at", a), Float32("bt", b), Float32("ab", y)],
            Transpose("a", "at", left), Transpose("b", "bt", right), Node("MatMul", ["at", "bt"], "ab"), Transpose("ab", "y", result));
        Assert.That(AgreeOn(model).Count(node => node.OpType == "Transpose"), Is.EqualTo(transposes));
    }

    [Test]
    public void A_product_of_a_products_transposition_reads_it_as_it_was_written()
    {
        var model = Model(
            [Float32("a", 128, 128), Float32("b", 128, 128), Float32("c", 128, 128)], Float32("y", 128, 128),
            [Float32("ab", 128, 128), Float32("turned", 128, 128)],
            Node("MatMul", ["a", "b"], "ab"), Transpose("ab", "turned", [1, 0]), Node("MatMul", ["c", "turned"], "y"));
        Assert.That(AgreeOn(model).Count(node => node.OpType == "BatchedProduct"), Is.EqualTo(2));
    }

    [Test]
    public void A_sum_that_a_products_other_factor_needs_is_not_the_products()
    {
        var axes = new TensorProto { Name = "axes", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 1 }, Int64Data = { 0 } };
        var sum = Node("ReduceSum", ["a", "axes"], "sum");
        sum.Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
        var product = Node("Gemm", ["a", "less"], "y");
        product.Attribute.Add(new AttributeProto { Name = "transA", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        var model = Model(
            [Float32("a", 128, 128), Float32("b", 128, 128)], Float32("y", 128, 128), [Float32("sum", 128), Float32("less", 128, 128)],
            sum, Node("Sub", ["b", "sum"], "less"), product);
        model.Graph.Initializer.Add(axes);
        Assert.That(AgreeOn(model).Select(node => node.OpType), Is.EqualTo(new[] { "ReduceSum", "Sub", "Gemm_2_1" }));
    }

    [Test]
    public void A_bias_of_one_number_is_left_to_ONNX_Runtime()
    {
        var model = Model(
            [Float32("a", 1024, 512), Float32("b", 512, 1), Float32("c")], Float32("y", 1024, 1), [], Node("Gemm", ["a", "b", "c"], "y"));
        Assert.That(AgreeOn(model).Select(node => node.OpType), Is.EqualTo(new[] { "Gemm" }));
    }

    [TestCase(new long[] { 64, 32, 1, 1 }, new long[] { 64, 32, 8, 8 }, JemKernels.Domain)]
    [TestCase(new long[] { 1, 1, 1, 1 }, new long[] { 64, 32, 8, 8 }, JemKernels.Domain)]
    [TestCase(new long[] { 64, 32, 1, 8 }, new long[] { 64, 32, 8, 8 }, "")] // not the last axes
    [TestCase(new long[] { 32, 1, 1 }, new long[] { 64, 32, 8, 8 }, "")]
    public void A_large_expansion_of_the_last_axes_is_a_kernels(long[] from, long[] to, string domain)
    {
        var model = Model([Float32("x", from)], Float32("y", to), [], Node("Expand", ["x", "shape"], "y"));
        model.Graph.Initializer.Add(
            new TensorProto { Name = "shape", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { to.Length }, Int64Data = { to } });
        Assert.That(AgreeOn(model, within: 0).Select(node => node.Domain), Is.EqualTo(new[] { domain }));
    }

    [TestCase(new[] { 0, 2, 3, 1 })]
    [TestCase(new[] { 0, 3, 1, 2 })]
    [TestCase(new[] { 0, 1, 3, 2 })]
    public void A_large_transposition_is_a_kernels(int[] perm)
    {
        long[] shape = [4, 20, 32, 24];
        var model = Model([Float32("x", shape)], Float32("y", [.. perm.Select(axis => shape[axis])]), [], Transpose("x", "y", perm));
        Assert.That(AgreeOn(model, within: 0).Select(node => node.Domain), Is.EqualTo(new[] { JemKernels.Domain }));
    }

    [Test]
    public void Attention_with_and_without_kernels_agrees() => Agree(Transformer(), "products, layer norms and softmaxes");

    [Test]
    public void Steps_with_and_without_kernels_agree() => Agree(Program(), "Winograd's transforms and norms with their ReLU");

    [Test]
    public void Steps_of_images_that_are_averaged_over_many_positions_agree()
    {
        // ONNX Runtime's own passes go over the graph as well: a kernel must not look like an operator that they know.
        var program = Program(new MethodRequest("simclr") { Width = 8, ImageSize = 32, Batch = 32, Settings = ["backbone.stem=small"] });
        Assert.That(Passes.Apply(OnnxWriter.Model(program.Stages[0]), direct: false), Has.Member("ExpandLast"));
        Agree(program, "expansions, and sums of gradients");
    }

    [Test]
    public void Factors_of_bfloat16_are_the_networks_and_not_the_losss()
    {
        var model = OnnxWriter.Model(Transformer().Stages[0]);
        Passes.Apply(model, direct: false, bf16: true);
        var products = model.Graph.Node
            .Where(node => node.Domain == JemKernels.Domain && node.OpType.Split('_')[0] is "Conv" or "ConvGradWeight" or "Gemm" or "BatchedProduct")
            .ToLookup(node => node.Attribute.Any(attribute => attribute is { Name: "bf16", I: 1 }), node => node.Name);
        Assert.That(products[true], Has.Some.StartsWith("blocks.0.attn").And.Some.StartsWith("grad.blocks.0.mlp.").And.Some.StartsWith("projector."));
        Assert.That(products[true], Has.None.Matches(@"^(grad\.)?[^.]*(\.[^.]*)?$").And.None.Matches(@"^(optimizer|ema)\."));
        var marked = model.Graph.Node.Where(node => node.Attribute.Any(attribute => attribute.Name == "bf16"));
        Assert.That(marked, Has.All.Property("Domain").EqualTo(JemKernels.Domain));
    }

    private static NodeProto Node(string op, string[] inputs, string output) => new() { OpType = op, Input = { inputs }, Output = { output } };

    private static NodeProto Transpose(string from, string to, int[] perm)
    {
        var node = Node("Transpose", [from], to);
        node.Attribute.Add(
            new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints, Ints = { perm.Select(axis => (long)axis) } });
        return node;
    }

    private static ModelProto Model(ValueInfoProto[] inputs, ValueInfoProto output, ValueInfoProto[] between, params NodeProto[] nodes) => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = JemKernels.Domain, Version = 1 } },
        Graph = new GraphProto { Name = "model", Input = { inputs }, Output = { output }, ValueInfo = { between }, Node = { nodes } },
    };

    // Runs a model with and without kernels. Returns the nodes that it has with them.
    private static RepeatedField<NodeProto> AgreeOn(ModelProto model, double within = 1e-4)
    {
        var lowered = model.Clone();
        float[] Run(ModelProto own, bool kernels)
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            if (kernels)
            {
                JemKernels.Register(options, own);
            }

            using var session = new InferenceSession(own.ToByteArray(), options);
            var random = new Random(5);
            using var run = new RunOptions();
            using var results = session.Run(run, own.Graph.Input.ToDictionary(input => input.Name, input => Value(input, random)), ["y"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }

        Assert.That(Run(lowered, kernels: true), Is.EqualTo(Run(model, kernels: false)).Within(within));
        return lowered.Graph.Node;
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
