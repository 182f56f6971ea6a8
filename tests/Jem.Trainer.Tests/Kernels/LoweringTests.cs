using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Kernels;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Lowering;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;

namespace Jem.Trainer.Tests.Kernels;

public class LoweringTests
{
    // Width 8 at 16×16: in the third stage 32 filters see 4×4 positions, in the fourth 64 see 2×2.
    private static TrainingProgram Program(params string[] settings) =>
        Program(new MethodRequest("simclr") { Width = 8, ImageSize = 16, Batch = 8, Settings = settings });

    private static TrainingProgram Program(MethodRequest request) =>
        MethodResolver.Build(request.Method, MethodResolver.Resolve(request, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25])));

    // 17 tokens of 96 numbers, in heads of 32 or 48.
    private static TrainingProgram Transformer() => Program(
        new MethodRequest("simclr") { Backbone = "vit_tiny", Width = 96, ImageSize = 16, Batch = 32, Settings = ["backbone.depth=2", "optimizer.name=sgd"] });

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
        var program = MethodResolver.Build("simclr", MethodResolver.Resolve(
            new MethodRequest("simclr") { Backbone = "convnext_tiny", Width = 8, ImageSize = 32, Batch = 4 },
            new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25])));
        var model = OnnxWriter.Model(program.Stages[0]);
        Assert.That(Passes.Apply(model, direct: false), Has.Member("ConvBias"));
        Assert.That(model.Graph.Node.Count(node => node.OpType == "ConvBias"), Is.EqualTo(3 + 3 + 9 + 3));
        Assert.That(model.Graph.Node.Select(node => node.OpType), Has.None.EqualTo("Conv"));
        Agree(program, "each channel alone");
    }

    [Test]
    public void A_step_of_an_optimiser_is_one_node_a_large_parameter([Values("sgd", "adamw", "lars")] string optimizer)
    {
        var program = Program($"optimizer.name={optimizer}");
        var model = OnnxWriter.Model(program.Stages[0]);
        var before = model.Graph.Node.Count;
        Passes.Apply(model, direct: true);
        var parameters = program.Stages[0].Inputs.Where(input => input.Role == Role.Parameter && input.Value.Shape.Size >= 1 << 14)
            .Select(input => input.Value.Name).ToList();
        var producers = parameters.Select(name => model.Graph.Node.Single(node => node.Output.Contains($"{name}.next"))).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(producers, Has.Count.GreaterThan(3));
            Assert.That(producers.Select(node => node.OpType), Is.All.StartsWith("Elementwise_"));
            Assert.That(model.Graph.Node, Has.Count.LessThan(before - (2 * parameters.Count)));
        });
    }

    [Test]
    public void Small_parameters_that_have_one_program_are_one_node([Values("sgd", "adamw", "lars")] string optimizer)
    {
        var program = Program($"optimizer.name={optimizer}");
        var model = OnnxWriter.Model(program.Stages[0]);
        Passes.Apply(model, direct: true);
        var producers = program.Stages[0].Inputs.Where(input => input.Role == Role.Parameter && input.Value.Shape.Size < 1 << 14)
            .Select(input => model.Graph.Node.Single(node => node.Output.Contains($"{input.Value.Name}.next"))).ToList();
        Assert.That(producers, Has.Count.GreaterThan(40));
        Assert.That(producers.Select(node => node.OpType), Is.All.StartsWith("Elementwise_"));
        Assert.That(producers.Distinct().Count(), Is.LessThanOrEqualTo(optimizer == "lars" ? 60 : 4));
    }

    // A GPU's compiler takes some tenths of a second for each.
    [Test]
    public void On_a_GPU_few_programs_serve_all_clusters([Values("simclr", "dino")] string method)
    {
        var model = OnnxWriter.Model((method == "simclr" ? Program() : Program(new MethodRequest("dino") { Backbone = "vit_tiny" })).Stages[0]);
        var before = model.Graph.Node.Count;
        var lowered = Passes.ApplyCuda(model, channelsLast: false);
        var clusters = model.Graph.Node.Where(node => node.OpType.StartsWith(ElementwiseProgram.Base)).ToList();
        var programs = clusters.Select(node => string.Join(' ', node.Attribute.OrderBy(attribute => attribute.Name))).Distinct().Count();
        Assert.That(model.Graph.Node, Has.Count.LessThan(before * 3 / 5));
        Assert.That(programs, Is.LessThanOrEqualTo(20));

        // None needs itself: ONNX Runtime takes the model.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        JemKernels.Register(options, [.. model.Functions.Select(function => function.Name), .. lowered]);
        using var session = new InferenceSession(model.ToByteArray(), options);
    }

    [Test]
    public void Operators_that_are_joined_give_the_bits_of_each_alone([Values("sgd", "adamw", "lars")] string optimizer, [Values(1, 1 << 14)] int least)
    {
        var model = OnnxWriter.Model(Program($"optimizer.name={optimizer}").Stages[0]);
        byte[][] Bits(bool joined)
        {
            var own = model.Clone();
            using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

            // Both by the same kernels; only one with the pass.
            string[] names = [.. own.Functions.Select(function => function.Name)];
            if (joined)
            {
                var graph = new LoweredGraph(own.Graph);
                ElementwiseClusters.Apply(graph, exact: true, least);
                names = [.. names, .. graph.Finish()];
            }

            JemKernels.Register(options, names);
            using var session = new InferenceSession(own.ToByteArray(), options);
            var random = new Random(5);
            var inputs = own.Graph.Input.ToDictionary(input => input.Name, input => Value(input, random));
            using var run = new RunOptions();
            using var results = session.Run(run, inputs, session.OutputNames);
            return [.. results.Select(result => result.GetTensorMutableRawData().ToArray())];
        }

        Assert.That(Bits(joined: true), Is.EqualTo(Bits(joined: false)));
    }

    internal static OrtValue Value(ValueInfoProto input, Random random)
    {
        var (type, shape) = (input.Type.TensorType, input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue).ToArray());
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)type.ElemType, shape);
        if (type.ElemType == (int)TensorProto.Types.DataType.Float)
        {
            // Second moments are roots of something.
            var numbers = value.GetTensorMutableDataAsSpan<float>();
            var isSquare = input.Name.Contains("second") || input.Name.Contains("var");
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (float)(isSquare ? 0.1 + random.NextDouble() : random.NextDouble() - 0.4);
            }
        }
        else
        {
            random.NextBytes(value.GetTensorMutableRawData());
        }

        return value;
    }

    [Test]
    public void Operators_between_which_another_lies_are_not_joined()
    {
        static NodeProto Node(string op, string output, params string[] inputs) => new() { OpType = op, Input = { inputs }, Output = { output } };
        var graph = new GraphProto
        {
            Input = { Float32("x", 4, 5) },
            Output = { Float32("y", 4, 5) },
            ValueInfo = { Float32("a", 4, 5), Float32("again", 4, 5), Float32("sum", 1, 1), Float32("b", 4, 5), Float32("c", 4, 5) },
            Node =
            {
                Node("Neg", "a", "x"), Node("ReduceSum", "sum", "a"), Node("Mul", "b", "a", "sum"), Node("Neg", "again", "x"), Node("Exp", "c", "again"),
                Node("Add", "y", "b", "c"),
            },
        };
        var lowered = new LoweredGraph(graph);
        ElementwiseClusters.Apply(lowered, exact: false, least: 1);

        // −x is computed once. Its exponential does not wait for the sum.
        Assert.That(lowered.Finish(), Is.EqualTo(new[] { "Elementwise_1_2", "Elementwise_3_1" }));
        Assert.That(graph.Node.Select(node => $"{node.OpType} {string.Join(' ', node.Input)}"), Is.EqualTo(new[]
        {
            "Elementwise_1_2 x", "ReduceSum a", "Elementwise_3_1 a sum c",
        }));
    }

    private static ValueInfoProto Float32(string name, params long[] shape) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)TensorProto.Types.DataType.Float,
                Shape = new TensorShapeProto { Dim = { shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
            },
        },
    };

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
            using var results = session.Run(run, own.Graph.Input.ToDictionary(input => input.Name, input => LoweringTests.Value(input, random)), ["y"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }

        Assert.That(Run(kernels: true), Is.EqualTo(Run(kernels: false)).Within(1e-4));
    }

    [Test]
    public void Attention_with_and_without_kernels_agrees() => Agree(Transformer(), "products, layer norms and softmaxes");

    [Test]
    public void Steps_with_and_without_kernels_agree() => Agree(Program(), "Winograd's transforms and norms with their ReLU");

    private static void Agree(TrainingProgram program, string what)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in ProgramWriter.Files(program))
        {
            File.WriteAllBytes(Path.Combine(folder.Path, name), bytes);
        }

        DeviceOptions[] ways = [new() { Kernels = false }, new() { Convolution = DeviceOptions.Direct }, new()];
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
    }
}
