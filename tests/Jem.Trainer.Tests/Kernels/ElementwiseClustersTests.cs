using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Kernels;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Lowering;
using Jem.Trainer.Configuration;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static Jem.Trainer.Tests.Kernels.LoweredPrograms;

namespace Jem.Trainer.Tests.Kernels;

public class ElementwiseClustersTests
{
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

        // ONNX Runtime begins with what stands last, which would wait for all gradients.
        var nodes = model.Graph.Node.ToList();
        Assert.That(nodes.FindIndex(node => node.Output.Contains("bn1.weight.next")), Is.LessThan(
            nodes.FindIndex(node => node.Output.Contains("layer4.1.conv2.weight.next"))));
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
}
