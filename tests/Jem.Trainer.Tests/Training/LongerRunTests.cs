using System.Text.Json.Nodes;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Training;

/// <summary><c>jem train --resume RUN --steps N</c>: a run that gets another length than it was to have.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LongerRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void A_finished_run_goes_on_where_the_schedules_of_a_longer_one_are()
    {
        var (run, whole) = (Train("run", 20), Train("whole", 40));
        Jem("train", "--resume", run, "--steps", "40", "--quiet");
        Assert.Multiple(() =>
        {
            Assert.That(Rates(run)[20], Is.Zero, "what was trained is as it was");
            Assert.That(Rates(run)[21], Is.GreaterThan(0), "the first step of the rest");
            foreach (var step in new[] { 30, 40 })
            {
                Assert.That(Rates(run)[step], Is.EqualTo(Rates(whole)[step]));
            }

            Assert.That(RunFolder.Open(run).ReadConfig().Earlier, Is.EqualTo(new[] { new EarlierLength(20, 20) }));
            Assert.That(RunFolder.Open(run).ReadConfig().Steps, Is.EqualTo(40));
            Assert.That(
                File.ReadAllText(Path.Combine(run, "log.txt")),
                Does.Contain("The run has 40 steps now; it was to have 20. From step 21 on, schedules are where those of a run of 40 steps are then. "
                    + "The result is not that of one uninterrupted run."));
            Assert.That(File.ReadAllText(Path.Combine(run, "card.md")), Does.Contain("40 steps of"));
        });
    }

    [Test]
    public void A_longer_run_that_is_stopped_on_its_way_ends_with_the_same_bytes()
    {
        var (run, stopped) = (Train("run", 20), Train("stopped", 20));
        Jem("train", "--resume", run, "--steps", "40", "--quiet");
        Jem("train", "--resume", stopped, "--steps", "40", "--quiet");

        // As if it had been killed after step 30, and once more before the first checkpoint of its second length.
        var checkpoints = RunFolder.Open(stopped).Checkpoints;
        foreach (var from in new[] { 30, 20 })
        {
            foreach (var step in checkpoints.Steps.Where(step => step > from))
            {
                File.Delete(checkpoints.FileOf(step));
            }

            File.WriteAllText(Path.Combine(stopped, "status.json"), """{"state":"running","step":20}""");
            Jem("train", "--resume", stopped, "--quiet");
            Assert.That(File.ReadAllBytes(checkpoints.FileOf(40)), Is.EqualTo(File.ReadAllBytes(RunFolder.Open(run).Checkpoints.FileOf(40))));
        }
    }

    [TestCase("--precision", "tf32")]
    [TestCase("--deterministic")]
    [TestCase("--cuda-graph")]
    [TestCase("--conv", "dirct")]
    [TestCase("--device", "cuda")]
    public void A_device_that_is_refused_changes_nothing_of_the_run(params string[] flags)
    {
        var run = Train("run", 20);
        string State() => string.Join('\n', Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
        var before = State();
        var refused = CommandLine.Run(["train", "--resume", run, "--steps", "40", .. flags]);
        Assert.Multiple(() =>
        {
            Assert.That((refused.Code, refused.Output), Is.EqualTo((flags[0] == "--device" ? 1 : 2, "")));
            Assert.That(refused.Error, Does.StartWith("jem: ").And.Not.Contain("\n"));
            Assert.That(State(), Is.EqualTo(before));
        });
    }

    [Test]
    public void A_run_may_be_ended_sooner_and_never_before_where_it_is()
    {
        var run = Train("run", 20);
        Jem("train", "--resume", run, "--steps", "40", "--quiet");
        Assert.That(
            CommandLine.Run("train", "--resume", run, "--epochs", "1"),
            Is.EqualTo(new CommandLine(
                2, "", $"jem: --resume {run}: 15 steps are asked for, and 40 are done. Ask for as many at least, or start a new run with --out.")));
        Assert.That(RunFolder.Open(run).ReadConfig().Steps, Is.EqualTo(40), "nothing was changed");
        Jem("train", "--resume", run, "--epochs", "3", "--quiet");
        Assert.That(RunFolder.Open(run).Checkpoints.Steps[^1], Is.EqualTo(45));
    }

    [Test]
    public void Images_that_moved_are_remembered_where_they_are()
    {
        var (first, second) = (_folder.At("first"), _folder.At("second"));
        Jem("data", "synthetic:shapes?n=30&size=16", "--images", first, "--count", "30");
        var run = _folder.At("moved");
        Jem([.. Arguments(run, 4, Path.GetRelativePath(Environment.CurrentDirectory, first))]);
        Assert.That(RunFolder.Open(run).ReadConfig().Data, Is.EqualTo($"folder:{first}"), "from wherever it is taken up again");
        Directory.Move(first, second);
        Assert.That(CommandLine.Run("train", "--resume", run, "--steps", "6").Error, Does.EndWith("name the place with --data."));
        Jem("train", "--resume", run, "--steps", "6", "--data", $"folder:{second}", "--quiet");
        Assert.That(RunFolder.Open(run).ReadConfig().Data, Is.EqualTo($"folder:{second}"));
        Jem("train", "--resume", run, "--steps", "8", "--quiet");
    }

    [Test]
    public void A_queue_that_opens_is_said_and_logged()
    {
        var run = _folder.At("queue");
        var result = CommandLine.Run(
            "train", "swav", "--data", "synthetic:shapes?n=120&size=16", "--out", run, "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "8",
            "--set", "prototypes=12", "--set", "queue.length=16", "--set", "queue.from_epoch=0.3", "--set", "local_views.count=0");
        Assert.That(result.Code, Is.Zero, result.Error);
        Assert.That(result.Output, Does.Contain("Step 6: queue_open is on from here; the loss may jump."));
        Assert.That(File.ReadAllText(Path.Combine(run, "log.txt")), Does.Contain("step 6: queue_open is on from here"));
    }

    private string Train(string name, int steps)
    {
        Jem([.. Arguments(_folder.At(name), steps)]);
        return _folder.At(name);
    }

    private static string[] Arguments(string run, int steps, string? images = null) =>
    [
        "train", "simclr", "--data", images is null ? "synthetic:shapes?n=120&size=16" : $"folder:{images}", "--out", run, "--width", "4", "--image-size", "16",
        "--batch", "8", "--preset", "paper", "--quiet", "--steps", $"{steps}", "--checkpoint-every", "10", "--keep", "9", "--set", "optimizer.name=sgd",
    ];

    private static void Jem(params string[] args)
    {
        var result = CommandLine.Run(args);
        Assert.That(result.Code, Is.Zero, result.Error);
    }

    private static Dictionary<int, double> Rates(string run) => File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)
        .ToDictionary(line => (int)line["step"]!, line => (double)line["learning_rate"]!);
}
