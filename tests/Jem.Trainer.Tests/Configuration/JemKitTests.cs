using System.Text.Json.Nodes;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;
using Nnclr;

namespace Jem.Trainer.Tests.Configuration;

/// <summary>A program of one's own: <c>jem</c> and what its kit adds.</summary>
public class JemKitTests
{
    private static readonly string[] s_small = ["--image-size", "16", "--batch", "8", "--checkpoint-every", "3", "--steps", "6", "--quiet"];

    [Test]
    public void Every_command_knows_what_the_kit_adds()
    {
        using var folder = new TemporaryFolder();
        var (kit, run) = (OutsideMethod.Kit, folder.At("run"));
        Done(kit, ["train", "outside", "--data", "mine", "--out", run, .. s_small]);
        var log = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.That((double)log[^1]["ramp"]!, Is.EqualTo(1), "the schedule of its own moves its scalar");
        Assert.That(log.Select(line => (double)line["noise_mean"]!), Is.All.InRange(0.05, 0.95), "the filler of its own fills its input");
        Done(kit, ["eval", run, "--data", "mine", "--protocol", "knn", "--k", "5", "--baselines"]);
        Done(kit, ["export", run, "--out", folder.At("encoder")]);
        Done(kit, ["report", run]);
        Done(kit, ["clusters", run, "--data", "mine", "--labels", "1", "--out", folder.At("clusters")]);
        Done(kit, ["graph", "outside", "--image-size", "16", "--out", folder.At("program")]);
        Done(kit, ["data", "mine", "--views", "outside", "--image-size", "16", "--out", folder.At("views.png")]);
        Assert.That(Done(kit, ["methods"]).Output, Does.Contain("A method that the libraries do not know"));
        Assert.That(Done(kit, ["methods", "outside", "--json"]).Output, Does.Contain("pixels").And.Contain("plain"));
    }

    [Test]
    public void A_method_from_outside_goes_on_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        Done(OutsideMethod.Kit, ["train", "outside", "--data", "mine", "--out", run, .. s_small]);
        var checkpoints = RunFolder.Open(run, OutsideMethod.Kit.Kinds).Checkpoints;
        var last = checkpoints.FileOf(6);
        var whole = File.ReadAllBytes(last);
        File.Delete(last);
        Done(OutsideMethod.Kit, ["train", "--resume", run, "--quiet"]);
        Assert.That(File.ReadAllBytes(last), Is.EqualTo(whole));
    }

    [Test]
    public void A_program_without_the_kit_says_what_it_does_not_know()
    {
        using var folder = new TemporaryFolder();
        Done(OutsideMethod.Kit, ["train", "outside", "--data", "mine", "--out", folder.At("run"), .. s_small]);
        Assert.That(CommandLine.Run("export", folder.At("run"), "--out", folder.At("encoder")).Error, Is.EqualTo(
            $"jem: The folder {folder.At("run", "program")}: program.json has what this program does not know. "
            + "Unknown kind of schedule 'ramp'. Did you mean 'cosine'? Add its record to the kit of the program that reads it."));
        Assert.That(CommandLine.Run("train", "outside", "--data", "mine", "--out", folder.At("other")).Error, Does.StartWith("jem: Unknown method 'outside'."));
    }

    [Test]
    public void The_example_trains()
    {
        using var folder = new TemporaryFolder();
        string[] small = ["--set", "queue=32", "--set", "projector.hidden=16", "--set", "projector.output=8", "--set", "predictor.hidden=16", "--width", "4"];
        Done(
            JemKit.BuiltIn.With(NnclrMethod.Row),
            ["train", "nnclr", "--data", "synthetic:shapes?n=60&size=16", "--out", folder.At("run"), .. s_small, .. small]);
        var losses = File.ReadLines(folder.At("run/metrics.jsonl")).Select(line => (double)JsonNode.Parse(line)!["loss"]!);
        Assert.That(losses, Is.All.InRange(0, 25));
    }

    [Test]
    public void Advice_is_worded_with_the_flag_that_follows_it()
    {
        Assert.That(
            AdviceText.Of(
                new(
                    [],
                    [new("a smaller temperature", "temperature", "0.1"), new("more epochs"), new("a lower learning rate", "optimizer.learning_rate", "0.09")]),
                at: null),
            Is.EqualTo("A smaller temperature (--set temperature=0.1); more epochs; or a lower learning rate (--set optimizer.learning_rate=0.09)."));
        Assert.That(AdviceText.Of(new([], [new Advice("keep what prevents it")]), null), Is.EqualTo("Keep what prevents it."));
        Assert.That(AdviceText.Of(new([], []), null), Is.Empty);
    }

    private static CommandLine Done(JemKit kit, string[] args)
    {
        var result = CommandLine.Run(kit, args);
        Assert.That(result.Code, Is.Zero, $"{args[0]}: {result.Error}");
        return result;
    }
}
