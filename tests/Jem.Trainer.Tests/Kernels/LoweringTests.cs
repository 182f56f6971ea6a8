using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Kernels;
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
        Assert.That(Lowering.Apply(model), Is.EqualTo(new[] { "Conv", "SignMul" }));
        var taken = model.Graph.Node.Where(node => node is { OpType: "Conv", Domain: JemKernels.Domain }).Select(node => node.Name[..^"_1".Length]);
        Assert.That(taken, Is.EquivalentTo(
            from layer in new[] { "layer3.0.conv2", "layer3.1.conv1", "layer3.1.conv2", "layer4.0.conv2", "layer4.1.conv1", "layer4.1.conv2" }
            select $"{layer}.Conv"));
    }

    [Test]
    public void A_sign_that_something_else_uses_too_is_left_alone()
    {
        var model = OnnxWriter.Model(Program().Stages[0]);
        var sign = model.Graph.Node.First(node => node.OpType == "Sign");
        model.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { sign.Output[0] }, Output = { "other" } });
        Lowering.Apply(model);
        Assert.That(model.Graph.Node.Where(node => node.OpType == "Sign"), Is.EqualTo(new[] { sign }));
    }

    [Test]
    public void An_encoder_is_left_alone()
    {
        var encoder = OnnxWriter.Model(Program().Stages[1]);
        var before = encoder.Clone();
        Assert.That(Lowering.Apply(encoder), Is.Empty);
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

        var losses = new[] { true, false }.Select(kernels =>
        {
            using var runner = new StepRunner(folder.Path, new Device(new DeviceOptions { Threads = 2, Kernels = kernels }));
            new Random(3).NextBytes(runner.Batch("views"));
            return Enumerable.Range(0, 3).Select(_ =>
            {
                runner.Step();
                return runner.Metric("loss")[0];
            }).ToArray();
        }).ToArray();
        Assert.That(losses[0], Is.EqualTo(losses[1]).Within(1e-4));
        Assert.That(losses[0][2], Is.Not.EqualTo(losses[0][0]).Within(1e-3), "nothing was learnt");
    }
}
