using System.Diagnostics;
using System.Text.RegularExpressions;
using Jem.Graphs.Seeding;
using Jem.Kernels;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Accidents;

/// <summary>What a run that goes on for a week meets, done to a small one in a process of its own.</summary>
public sealed class AccidentTests : IDisposable
{
    private const int Steps = 300;
    private const string Data = "synthetic:shapes?n=120&size=16";

    private readonly TemporaryFolder _folder = new();
    private string _whole = "";

    [OneTimeSetUp]
    public void Train_a_run_that_nothing_happens_to()
    {
        _whole = _folder.At("whole");
        Assert.That(CommandLine.Run(Train(_whole)).Code, Is.Zero);
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public void A_run_that_is_killed_again_and_again_ends_with_the_same_bytes([Range(1, 3)] int seed)
    {
        var (random, run, kills) = (new SeededRandom((ulong)seed), _folder.At($"killed-{seed}"), 0);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            using var jem = JemProcess.Start(
                [.. IsRun(run) ? Resume(run) : Train(run), "--prefetch", $"{2 + random.NextInt(5)}", "--workers", $"{1 + random.NextInt(2)}"]);
            WaitUntilItTrains(jem, run);

            // Anywhere: before the first step, within one, while a checkpoint is written, after the last.
            Thread.Sleep(random.NextInt(500));
            kills += Kill(jem) ? 1 : 0;
        }

        Assert.That(CommandLine.Run(IsRun(run) ? Resume(run) : Train(run)), Has.Property("Code").Zero);
        TestContext.Out.WriteLine($"killed {kills} times");
        AssertSame(run, _whole);
        Assert.That(kills, Is.GreaterThan(0));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There, a process cannot be sent Ctrl-C.")]
    public void Ctrl_C_saves_and_prints_the_command_that_goes_on()
    {
        var run = _folder.At("a run");
        using (var jem = JemProcess.Start([.. Train(run)[..^4], "--steps", "1000000"]))
        {
            WaitUntilItTrains(jem, run);
            jem.Interrupt();
            var (code, error) = jem.Wait();
            Assert.That(code, Is.EqualTo(130));
            var message = Regex.Match(
                error,
                $@"^jem: Interrupted after step (\d+) of 1000000; it is saved\. Go on with: jem train --resume '{Regex.Escape(run)}'$");
            Assert.That(message.Success, error);
            Assert.That(RunFolder.Open(run).Checkpoints.Steps[^1], Is.EqualTo(long.Parse(message.Groups[1].Value)));
        }

        Assert.That(File.ReadAllText(Path.Combine(run, "report.html")), Does.Contain("state interrupted"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There, a process cannot be sent this.")]
    public void A_terminal_that_is_closed_saves_as_Ctrl_C_does()
    {
        var run = _folder.At("hung up");
        using (var jem = JemProcess.Start([.. Train(run)[..^4], "--steps", "1000000"]))
        {
            WaitUntilItTrains(jem, run);
            jem.HangUp();
            Assert.That(jem.Wait().Code, Is.EqualTo(130));
        }

        var status = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(run, "status.json")))!;
        Assert.That((string?)status["state"], Is.EqualTo("interrupted"));
        Assert.That((long)status["step"]!, Is.EqualTo(RunFolder.Open(run).Checkpoints.Steps[^1]).And.GreaterThan(0));
    }

    [Test]
    public void A_run_that_was_killed_is_known_to_be_gone_at_once()
    {
        var run = _folder.At("gone at once");
        using var jem = JemProcess.Start([.. Train(run)[..^4], "--steps", "1000000"]);
        WaitUntilItTrains(jem, run);
        WaitUntil(() => File.Exists(Path.Combine(run, "status.json")), jem);
        Assert.That(RunStatus.Of(RunFolder.Open(run), 1, 1000000).State, Is.EqualTo(RunStatus.Running));
        Kill(jem);
        Assert.That(RunStatus.Of(RunFolder.Open(run), 1, 1000000).State, Is.EqualTo(RunStatus.Stopped));
        Assert.That(File.ReadAllText(Path.Combine(run, "status.json")), Does.Contain("\"running\""), "it could not say so itself");
    }

    [Test]
    public void Images_that_go_away_cost_no_step_that_was_made()
    {
        var (run, images) = (_folder.At("gone"), _folder.At("images"));
        Assert.That(CommandLine.Run("data", Data, "--images", images, "--count", "40").Code, Is.Zero);
        using var jem = JemProcess.Start(
            new Dictionary<string, string> { ["JEM_CACHE"] = "/dev/null/none" },
            [.. Train(run)[..2], "--data", $"folder:{images}", .. Train(run)[4..^4], "--steps", "1000000"]);
        WaitUntil(() => Lines(Path.Combine(run, "metrics.jsonl")) > 1, jem);
        Directory.Delete(images, recursive: true);
        var (code, error) = jem.Wait();
        Assert.That(code, Is.EqualTo(1));

        // The file may go before it is opened or just after.
        Assert.That(error, Does.Match(
            @"(There is no image|Cannot read) .+\.png.+ The last good checkpoint, of step \d+, is .+ "
            + @"When that is mended, go on with: jem train --resume .+gone"));
        Assert.That(File.ReadAllText(Path.Combine(run, "report.html")), Does.Contain("state failed"));
    }

    [Test]
    public void Checks_by_neighbours_survive_kills([Values(5)] int seed)
    {
        var (random, run, whole) = (new SeededRandom((ulong)seed), _folder.At("checked"), _folder.At("checked-whole"));
        string[] Checked(string folder) => [.. Train(folder), "--knn-every", "60"];
        Assert.That(CommandLine.Run(Checked(whole)).Code, Is.Zero);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var jem = JemProcess.Start(IsRun(run) ? Resume(run) : Checked(run));
            WaitUntilItTrains(jem, run);
            Thread.Sleep(random.NextInt(600));
            Kill(jem);
        }

        Assert.That(CommandLine.Run(IsRun(run) ? Resume(run) : Checked(run)), Has.Property("Code").Zero);
        Assert.That(
            File.ReadAllBytes(RunFolder.Open(run).Checkpoints.FileOf(Steps)),
            Is.EqualTo(File.ReadAllBytes(RunFolder.Open(whole).Checkpoints.FileOf(Steps))),
            "the record of the checks, too");
    }

    [Test]
    public void A_run_that_another_process_trains_is_left_alone()
    {
        var run = _folder.At("locked");
        using var jem = JemProcess.Start([.. Train(run)[..^4], "--steps", "1000000", "--checkpoint-every", "1000"]);
        WaitUntilItTrains(jem, run);
        var refusal = new CommandLine(2, "", $"jem: {run}: another process is training this run. Wait for it, or stop it.");
        Assert.That(CommandLine.Run(Resume(run)), Is.EqualTo(refusal));
        Assert.That(CommandLine.Run([.. Train(run), "--overwrite"]), Is.EqualTo(refusal));
        Assert.That(Path.Combine(run, "log.txt"), Does.Exist, "nothing of it was deleted");
    }

    [Test]
    public void A_checkpoint_of_another_configuration_is_refused_and_the_difference_named()
    {
        var run = _folder.At("altered");
        Assert.That(CommandLine.Run(Train(run)).Code, Is.Zero);
        var config = Path.Combine(run, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"temperature\": 0.1", "\"temperature\": 0.4"));
        var refusal = CommandLine.Run(Resume(run));
        Assert.That(
            (refusal.Code, refusal.Error),
            Is.EqualTo((
                1,
                $"jem: The checkpoint {RunFolder.Open(run).Checkpoints.FileOf(Steps)} was made by another configuration: "
                + "options.temperature is 0.1 there and 0.4 in config.json. Restore what was changed, or start a new run.")));
    }

    [TestCase("--batch 9", "options.batch is 8 in the run, 9 is asked for.")]
    [TestCase("--steps 7", "7 steps are asked for, and 300 are done. Ask for as many at least, or start a new run with --out.")]
    [TestCase("--set temperature=0.3", "options.temperature is 0.1 in the run, 0.3 is asked for.")]
    [TestCase("--portable", "device.kernels is true in the run, false is asked for.")]
    [TestCase("--data synthetic:shapes?n=121&size=16", "the images are not those that the run began with (images was 120 and is 121).")]
    public void What_does_not_agree_with_the_run_is_named(string flags, string complaint)
    {
        var refusal = CommandLine.Run([.. Resume(_whole), .. flags.Split(' ')]);
        Assert.That(refusal.Code, Is.EqualTo(2));
        Assert.That(refusal.Error, Does.StartWith($"jem: --resume {_whole}: {complaint}"));
    }

    [Test]
    public void Of_precisions_float32_is_named_where_nobody_named_it()
    {
        if (!JemKernels.HasBf16)
        {
            Assert.Ignore("This processor has no AVX512_BF16.");
        }

        Assert.That(
            CommandLine.Run([.. Resume(_whole), "--precision", "bf16"]).Error,
            Does.StartWith($"jem: --resume {_whole}: device.precision is \"fp32\" in the run, \"bf16\" is asked for."));
    }

    [Test]
    public void What_a_run_needs_and_nobody_asked_for_is_told_as_the_runs()
    {
        var run = _folder.At("needs");
        Assert.That(CommandLine.Run([.. Train(run)[..^4], "--steps", "20"]).Code, Is.Zero);
        Alter(run, "\"kernels\": true", "\"kernels\": false, \"precision\": \"bf16\"");
        var refusal = CommandLine.Run("train", "--resume", run);
        Assert.That(refusal.Code, Is.EqualTo(2));
        Assert.That(
            refusal.Error, Does.StartWith($"jem: --resume {run}: the run cannot go on here as it began. --precision bf16 and --portable do not go together"));
    }

    [Test]
    public void A_run_that_goes_on_with_another_version_says_that_sums_may_be_rounded_otherwise()
    {
        var run = _folder.At("of another version");
        Assert.That(CommandLine.Run([.. Train(run)[..^4], "--steps", "20"]).Code, Is.Zero);
        var version = RunFolder.Open(run).ReadConfig().Versions.OnnxRuntime!;
        Alter(run, $"\"{version}\"", "\"1.0.0\"");
        var longer = CommandLine.Run("train", "--resume", run, "--steps", "21");
        var told = $"The run began with ONNX Runtime 1.0.0, and this is {version}: sums may be rounded otherwise";
        Assert.That(longer.Code, Is.Zero, longer.Error);
        Assert.That(longer.Output + longer.Error, Does.Contain(told));
        Assert.That(File.ReadAllText(Path.Combine(run, "log.txt")), Does.Contain(told));
    }

    private static void Alter(string run, string was, string becomes)
    {
        var config = Path.Combine(run, "config.json");
        var text = File.ReadAllText(config);
        Assert.That(text, Does.Contain(was));
        File.WriteAllText(config, text.Replace(was, becomes));
    }

    [Test]
    public void What_agrees_with_the_run_may_be_said_again() =>
        Assert.That(CommandLine.Run([.. Train(_whole), "--resume", _whole]).Code, Is.Zero);

    [Test]
    public void A_finished_run_is_left_as_it_is()
    {
        var log = File.ReadAllText(Path.Combine(_whole, "log.txt"));
        var again = CommandLine.Run("train", "--resume", _whole);
        Assert.That(again.Code, Is.Zero, again.Error);
        Assert.That(again.Output, Does.Contain(
            $"The run is finished already: all 300 steps are done. To train it longer: jem train --resume {_whole} --steps 600, or --epochs."));
        Assert.That(File.ReadAllText(Path.Combine(_whole, "log.txt")), Is.EqualTo(log));
    }

    [Test]
    public void A_run_whose_checkpoints_are_gone_is_not_begun_again_in_silence()
    {
        var run = _folder.At("without checkpoints");
        Assert.That(CommandLine.Run([.. Train(run)[..^4], "--steps", "20"]).Code, Is.Zero);
        Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        var metrics = File.ReadAllText(Path.Combine(run, "metrics.jsonl"));
        var again = CommandLine.Run(Resume(run));
        Assert.That(
            (again.Code, again.Error),
            Is.EqualTo((
                1,
                $"jem: The run {run} has saved step 20, and there is no checkpoint in {Path.Combine(run, "checkpoints")}. Restore it; or begin anew by the "
                + "command that made the run, with --overwrite.")));
        Assert.That(File.ReadAllText(Path.Combine(run, "metrics.jsonl")), Is.EqualTo(metrics));
    }

    [Test]
    public void A_run_that_was_stopped_before_its_first_checkpoint_says_that_it_begins_again()
    {
        var run = _folder.At("hardly trained");
        using (var jem = JemProcess.Start([.. Train(run)[..^4], "--steps", "1000000"]))
        {
            WaitUntil(() => Lines(Path.Combine(run, "metrics.jsonl")) > 0, jem);
            Kill(jem);
        }

        var config = Path.Combine(run, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("1000000", "20"));
        var again = CommandLine.Run(Resume(run));
        Assert.That((again.Code, again.Error), Is.EqualTo((
            0,
            $"jem: warning: There is no checkpoint in {Path.Combine(run, "checkpoints")}, although 1 steps were logged: training begins again at step 1.")));
        Assert.That(RunFolder.Open(run).Checkpoints.Steps[^1], Is.EqualTo(20));
    }

    [Test]
    public void A_program_that_is_gone_is_named_with_the_way_out()
    {
        var run = _folder.At("without a program");
        Assert.That(CommandLine.Run([.. Train(run)[..^4], "--steps", "1"]).Code, Is.Zero);
        Directory.Delete(Path.Combine(run, "program"), recursive: true);
        Assert.That(
            CommandLine.Run(Resume(run)).Error,
            Is.EqualTo(
                $"jem: The run {run} has no training program: {Path.Combine(run, "program", "program.json")} is not there. Restore it, or start a new run."));
    }

    [Test]
    public void A_program_that_was_altered_is_refused()
    {
        var run = _folder.At("tampered");
        Assert.That(CommandLine.Run(Train(run)).Code, Is.Zero);
        File.AppendAllText(Path.Combine(run, "program", "step.onnx"), "x");
        Assert.That(
            CommandLine.Run(Resume(run)).Error,
            Is.EqualTo($"jem: The files in {Path.Combine(run, "program")} are not those that the run began with. Restore them, or start a new run."));
    }

    private static string[] Train(string run) =>
    [
        "train", "simclr", "--data", Data, "--out", run, "--width", "4", "--image-size", "16", "--batch", "8", "--quiet",
        "--steps", $"{Steps}", "--checkpoint-every", "10",
    ];

    private static string[] Resume(string run) => ["train", "--resume", run, "--quiet"];

    private static bool IsRun(string run) => File.Exists(Path.Combine(run, "config.json"));

    /// <returns>Whether it was still at work; what ended by itself ended well.</returns>
    private static bool Kill(JemProcess jem)
    {
        var ended = jem.HasExited;
        jem.Kill();
        var (code, error) = jem.Wait();
        Assert.That(ended ? code : 0, Is.Zero, error);
        return !ended;
    }

    private static void WaitUntilItTrains(JemProcess jem, string run)
    {
        var log = Path.Combine(run, "log.txt");
        var before = Lines(log);
        WaitUntil(() => Lines(log) > before, jem);
    }

    private static int Lines(string log) => File.Exists(log) ? File.ReadLines(log).Count() : 0;

    private static void WaitUntil(Func<bool> condition, JemProcess jem)
    {
        var waited = Stopwatch.StartNew();
        while (!jem.HasExited && !condition())
        {
            if (waited.Elapsed > JemProcess.Patience)
            {
                jem.Kill();
                Assert.Fail($"jem did not get there within {JemProcess.Patience.TotalMinutes} minutes. It says: {jem.Wait().Error}");
            }

            Thread.Sleep(1);
        }
    }

    private static void AssertSame(string run, string expected)
    {
        var (a, b) = (RunFolder.Open(run), RunFolder.Open(expected));
        Assert.Multiple(() =>
        {
            Assert.That(
                File.ReadAllBytes(a.Checkpoints.FileOf(Steps)),
                Is.EqualTo(File.ReadAllBytes(b.Checkpoints.FileOf(Steps))),
                "weights, optimiser, batch norm");
            Assert.That(
                File.ReadAllBytes(Path.Combine(run, "encoder.safetensors")),
                Is.EqualTo(File.ReadAllBytes(Path.Combine(expected, "encoder.safetensors"))));
            Assert.That(Losses(a), Is.SupersetOf(Losses(b)), "what both logged is the same; what went on logs its first step besides");
        });
    }

    private static List<string> Losses(RunFolder run) =>
        [.. File.ReadLines(run.Metrics).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!).Select(line => $"{line["step"]}: {line["loss"]}")];
}
