using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Kernels;
using Jem.Kernels.Lowering;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;
using Onnx;

namespace Jem.Trainer.Tests.Kernels;

public class LoweringTests
{
    // Width 8 at 16×16: in the third stage 32 filters see 4×4 positions, in the fourth 64 see 2×2.
    private static TrainingProgram Program() => MethodResolver.Build("simclr", MethodResolver.Resolve(
        new MethodRequest("simclr") { Width = 8, ImageSize = 16, Batch = 8 }, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25])));

    [Test]
    public void Only_convolutions_with_more_filters_than_positions_and_no_stride_are_taken()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        Assert.That(Passes.Apply(model, direct: true), Is.EqualTo(new[] { "Conv", "SignMul" }));
        var taken = model.Graph.Node.Where(node => node is { OpType: "Conv", Domain: JemKernels.Domain }).Select(node => node.Name[..^"_1".Length]);
        Assert.That(taken, Is.EquivalentTo(
            from layer in new[] { "layer3.0.conv2", "layer3.1.conv1", "layer3.1.conv2", "layer4.0.conv2", "layer4.1.conv1", "layer4.1.conv2" }
            select $"{layer}.Conv"));
    }

    [Test]
    public void Norms_take_the_addition_and_the_relu_behind_them_and_so_do_their_gradients()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        Assert.That(Passes.Apply(model, direct: false), Is.EqualTo(new[]
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
    public void Steps_with_and_without_kernels_agree()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in ProgramWriter.Files(Program()))
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
        Assert.That(losses[2], Is.EqualTo(losses[0]).Within(1e-4), "Winograd's transforms and norms with their ReLU");
        Assert.That(losses[0][2], Is.Not.EqualTo(losses[0][0]).Within(1e-3), "nothing was learnt");
    }
}
