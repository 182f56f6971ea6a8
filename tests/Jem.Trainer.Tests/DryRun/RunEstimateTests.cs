using Jem.Graphs.Backbones;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.DryRun;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;
using Jem.Trainer.Training;
using Spectre.Console;

namespace Jem.Trainer.Tests.DryRun;

public class RunEstimateTests
{
    private const string Data = "synthetic:shapes?n=40&size=16";

    private static readonly Lazy<RunEstimate> s_run = new(() => Plan(steps: 100));

    [Test]
    public void The_backbone_has_as_many_parameters_as_torchvisions()
    {
        // 11,689,512 of torchvision's resnet18, less the 513,000 of its classifier.
        var options = new SimClrOptions { Batch = 2, Backbone = new BackboneOptions { Stem = "large" } };
        var network = NetworkPlan.Of(ProgramFiles.Of(ProgramWriter.Files(MethodCatalog.BuiltIn.Get("simclr").Build(options))), new RunLength(100, 5));
        Assert.That(network.EncoderParameters, Is.EqualTo(11_176_512));
        Assert.That(network.OtherParameters, Is.EqualTo((512 * 512) + (2 * 512) + (512 * 128) + (2 * 128)), "the projector's linear layers and norms");
        Assert.That((network.Representation, network.Embedding), Is.EqualTo((512, 128)));
        Assert.That(network.LearningRate, Does.EndWith(", warm-up over 10 steps"), "a tenth of the run at the most");
    }

    [Test]
    public void Files_are_as_large_as_those_of_a_real_run()
    {
        using var folder = new TemporaryFolder();
        var train = CommandLine.Run(
            "train", "simclr", "--data", Data, "--out", folder.At("run"), "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "1",
            "--set", "optimizer.name=adamw", "--quiet");
        Assert.That(train.Code, Is.Zero, train.Error);
        Assert.That(
            s_run.Value.Files.Where(file => !file.Name.StartsWith("checkpoints/", StringComparison.Ordinal)).Select(file => folder.At("run", file.Name)),
            Is.All.Exist);
        string[] known = ["program/", "encoder."];
        foreach (var file in s_run.Value.Files.Where(file => known.Any(start => file.Name.StartsWith(start, StringComparison.Ordinal))))
        {
            Assert.That(file.Bytes, Is.EqualTo(new FileInfo(folder.At("run", file.Name)).Length).Within(5).Percent, file.Name);
        }

        var checkpoint = Directory.EnumerateFiles(folder.At("run", "checkpoints"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        var planned = s_run.Value.Files.Single(file => file.Name == "checkpoints/ (1)").Bytes;
        Assert.That(planned, Is.EqualTo(checkpoint).Within(10).Percent);
        Assert.That(s_run.Value.Files, Has.Count.EqualTo(14), "every file of a run");
    }

    [Test]
    public void Memory_and_disk_hold_what_a_run_carries()
    {
        var (network, cost) = (s_run.Value.Network, s_run.Value.Cost);

        // AdamW carries two moments of each parameter; two sets of buffers hold all of it.
        Assert.That(cost.CarriedBytes, Is.GreaterThan(2 * 3 * 4 * (network.EncoderParameters + network.OtherParameters)));
        Assert.That(cost.PeakBytes, Is.GreaterThan(cost.CarriedBytes).And.LessThan(8L << 30));
        Assert.That(cost.DiskBytes, Is.EqualTo(s_run.Value.Files.Sum(file => file.Bytes)), "its one checkpoint replaces none");
    }

    [Test]
    public void Time_grows_with_the_steps()
    {
        var cost = s_run.Value.Cost;
        Assert.That(cost.StepSeconds, Is.GreaterThan(0));
        Assert.That(cost.Seconds, Is.GreaterThanOrEqualTo(100 * cost.StepSeconds).And.LessThanOrEqualTo(100 * (cost.StepSeconds + cost.ViewSeconds)));
    }

    [TestCase(1.0, 0.2, true, 2, 1, ExpectedResult = 1.1, Description = "views share the cores with the step")]
    [TestCase(1.0, 0.2, false, 2, 1, ExpectedResult = 1.0, Description = "a device leaves the cores to the views")]
    [TestCase(0.1, 2.0, true, 4, 2, ExpectedResult = 1.0, Description = "the loader's threads are the slowest")]
    public double A_step_takes_what_the_slowest_takes(double step, double views, bool onHost, int cores, int workers) =>
        new Measurement(step, views, 0, 0, onHost, workers).SecondsPerStep(cores);

    [TestCase(1, 0.0, ExpectedResult = 1)]
    [TestCase(1000, 0.0, ExpectedResult = 1)]
    [TestCase(1001, 0.0, ExpectedResult = 2)]
    [TestCase(1001, 3600.0, ExpectedResult = 8, Description = "one each ten minutes besides")]
    public long Checkpoints_are_counted_by_steps_and_by_time(long steps, double seconds) => PlannedFile.Saves(Prepared(steps), seconds);

    [Test]
    public void Nothing_is_left_on_the_disk()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "jem-dry-run-*");
        Plan(steps: 1);
        Assert.That(Directory.GetDirectories(Path.GetTempPath(), "jem-dry-run-*"), Is.EquivalentTo(before));
    }

    [Test]
    public void A_person_and_a_script_get_the_same()
    {
        var json = s_run.Value.ToJson();
        Assert.That((string)json["network"]!["method"]!, Is.EqualTo("simclr"));
        Assert.That((long)json["length"]!["steps"]!, Is.EqualTo(100));
        Assert.That((double)json["length"]!["epochs"]!, Is.EqualTo(20));
        Assert.That((long)json["network"]!["encoder_parameters"]!, Is.EqualTo(s_run.Value.Network.EncoderParameters));
        Assert.That(json["files"]!.AsArray().Select(file => (string)file!["name"]!), Does.Contain("program/step.onnx").And.Contain("encoder.onnx"));

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        console.Write(EstimateTable.Of(s_run.Value));
        Assert.That(
            text.ToString(),
            Does.Contain("resnet18-w4: ").And.Contain("peak 0.").And.Contain("100 steps of 8 images, 20 epochs of 5 steps").And.Contain("program/step.onnx"));
    }

    private static RunEstimate Plan(long steps) => RunEstimate.Of(Prepared(steps), _ => { });

    private static PreparedRun Prepared(long steps) => PreparedRun.Of(new RunRequest
    {
        Options = new MethodRequest("simclr") { Width = 4, ImageSize = 16, Batch = 8, Settings = ["optimizer.name=adamw"] },
        Data = Data,
        Steps = steps,
    });
}
