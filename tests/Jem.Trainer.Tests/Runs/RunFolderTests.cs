using Jem.Graphs.Export;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Tests.Runs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly ProgramManifest s_manifest = new("simclr", 4, 0, new(), "resnet18-w4", [], "init.safetensors", []);

    private string Out => Path.Combine(_folder.Path, "runs", "first");

    public void Dispose() => _folder.Dispose();

    [Test]
    public void A_run_keeps_its_configuration()
    {
        var run = Create();
        Assert.Multiple(() =>
        {
            Assert.That(RunFolder.Open(Out).ReadConfig().ToJson(), Is.EqualTo(ARunConfig.Of().ToJson()));
            Assert.That(File.ReadAllBytes(Path.Combine(run.Program, "program.json")), Is.EqualTo(new byte[] { 1 }));
        });
    }

    [Test]
    public void An_empty_folder_is_used()
    {
        Directory.CreateDirectory(Out);
        Assert.That(Create().Program, Does.Exist);
    }

    [Test]
    public void A_file_of_a_run_is_known_as_one_and_its_page_is_anybody_s()
    {
        var run = Create();
        foreach (var name in new[] { "config.json", "status.json", "encoder.onnx", "program/program.json", "checkpoints/step-00000001.safetensors" })
        {
            Assert.That(RunFolder.OwnerOf(Path.Combine(Out, name)), Is.EqualTo(Out), name);
            Assert.That(RunFolder.OwnerOf(Path.Combine(_folder.Path, name)), Is.Null, name);
        }

        Assert.That(RunFolder.OwnerOf(run.Report), Is.Null);
        Assert.That(RunFolder.OwnerOf(Path.Combine(Out, "eval.json")), Is.Null);
    }

    [Test]
    public void A_run_is_replaced_only_when_asked()
    {
        File.WriteAllText(Create().Metrics, "old");
        Assert.That(
            () => Create(),
            Refuses($"--out {Out} holds a run already. Choose another folder, add --overwrite to delete it, or go on with it: jem train --resume {Out}"));
        Assert.That(Create(overwrite: true).Metrics, Does.Not.Exist);
    }

    [TestCase("notes.txt")]
    [TestCase("config.json")]
    [TestCase("checkpoints/last.ckpt")]
    [TestCase("checkpoints/step-00000001.safetensors")]
    [TestCase("encoder.onnx")]
    [TestCase("program/program.json")]
    [TestCase("config.json.partial")]
    [TestCase(".jem-run", Description = "what we do not write there is no marker")]
    public void What_is_not_a_run_is_never_deleted_whatever_its_names(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Out, file))!);
        File.WriteAllText(Path.Combine(Out, file), "{}");
        foreach (var overwrite in new[] { false, true })
        {
            Assert.That(() => Create(overwrite), Refuses($"--out {Out} is not empty and not a run. Choose another folder."));
        }

        Assert.That(Path.Combine(Out, file), Does.Exist);
    }

    [Test]
    public void What_a_person_put_beside_a_run_survives_overwriting()
    {
        Create();
        File.WriteAllText(Path.Combine(Out, "notes.txt"), "mine");
        Create(overwrite: true);
        Assert.That(Path.Combine(Out, "notes.txt"), Does.Exist);
    }

    [Test]
    public void Overwriting_deletes_what_jem_wrote_and_nothing_beside_it()
    {
        var run = Create();
        string[] mine = ["checkpoints/last.ckpt", "checkpoints/step-best.safetensors", "program/notes.md", "tensorboard/mine/events.txt", "encoder.txt"];
        string[] ours = ["checkpoints/step-00000007.safetensors", "checkpoints/step-00000007.safetensors.partial", "program/step.onnx", "program/init.bin",
            "tensorboard/events.out.tfevents.1.host", "encoder.onnx", "metrics.jsonl", "log.txt"];
        foreach (var file in mine.Concat(ours).Select(file => Path.Combine(Out, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "old");
        }

        File.WriteAllText(
            Path.Combine(run.Program, "program.json"),
            """{"stages": [{"file": "step.onnx"}, {"file": "../encoder.txt"}], "initial": "init.bin"}""");
        Create(overwrite: true);
        Assert.That(mine.Where(file => !File.Exists(Path.Combine(Out, file))), Is.Empty);
        Assert.That(ours.Where(file => File.Exists(Path.Combine(Out, file))), Is.Empty);
    }

    [Test]
    public void A_run_that_lost_its_configuration_keeps_its_checkpoints_until_it_is_to_be_overwritten()
    {
        var run = Create();
        Directory.CreateDirectory(run.Checkpoints.Path);
        File.WriteAllText(run.Checkpoints.FileOf(7), "learnt");
        File.Delete(Path.Combine(Out, "config.json"));
        Assert.That(
            () => RunFolder.Open(Out),
            Refuses($"{Out} is a run that has lost its config.json. Restore it; the checkpoints alone do not say what was trained."));
        Assert.That(
            () => Create(),
            Refuses($"--out {Out} holds a run that has lost its config.json. Restore that, choose another folder, or add --overwrite to delete the run."));
        Assert.That(run.Checkpoints.FileOf(7), Does.Exist);
        Create(overwrite: true);
        Assert.That(run.Checkpoints.FileOf(7), Does.Not.Exist);
    }

    [Test]
    public void A_run_of_an_older_version_is_known_by_its_configuration()
    {
        Create();
        var marker = Path.Combine(Out, ".jem-run");
        File.Delete(marker);
        Assert.That(() => Create(), Throws.TypeOf<UsageException>().With.Message.Contains("holds a run already"));
        Create(overwrite: true);
        Assert.That(marker, Does.Exist);
    }

    [TestCase(".lock")]
    [TestCase(".jem-run.partial")]
    public void What_is_left_of_a_run_that_was_killed_before_its_marker_is_no_hindrance(string file)
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, file), "");
        Assert.That(Create().ReadConfig().Steps, Is.EqualTo(3));
    }

    [Test]
    public void A_folder_that_cannot_be_written_says_so_and_names_no_other_process()
    {
        var run = Create();
        Directory.CreateDirectory(Path.Combine(Out, ".lock"));
        Assert.That(() => run.Lock(), Throws.TypeOf<IOException>().With.Message.Match(
            $"^{Out} cannot be written: .+ A run writes into its folder: make it writable, or copy it elsewhere\\.$"));
    }

    [Test]
    public void A_file_is_not_a_run()
    {
        File.WriteAllText(_folder.At("runs", "first"), "");
        Assert.That(() => Create(overwrite: true), Refuses($"--out {Out} is a file; expected a folder that is not there yet."));
    }

    [Test]
    public void Opening_says_what_is_wrong()
    {
        Assert.That(() => RunFolder.Open(Out), Refuses($"{Out}: there is no such folder. Give the folder that `jem train --out` wrote."));
        Directory.CreateDirectory(Out);
        Assert.That(() => RunFolder.Open(Out), Refuses($"{Out} is not a run: it has no config.json. Give the folder that `jem train --out` wrote."));
    }

    [Test]
    public void Metrics_are_lines_that_can_be_read_while_they_are_written()
    {
        var path = Create().Metrics;
        var log = new MetricsLog(path);
        log.Logged(1, new Dictionary<string, double> { ["step"] = 1, ["loss"] = 0.5 });
        log.Logged(2, new Dictionary<string, double> { ["step"] = 2, ["loss"] = double.NaN });
        Assert.That(File.ReadAllText(path).Split('\n'), Is.EqualTo(new[] { """{"step":1,"loss":0.5}""", """{"step":2}""", "" }));
    }

    [Test]
    public void A_run_that_was_killed_before_it_began_is_begun_anew()
    {
        File.Delete(Path.Combine(Create().Program, "program.json"));
        File.Move(Path.Combine(Out, "config.json"), Path.Combine(Out, "config.json.partial"));
        Assert.That(() => RunFolder.Open(Out), Refuses($"{Out} is a run that was stopped before it began. Start it again with the command that made it."));
        Assert.That(Create().ReadConfig().Steps, Is.EqualTo(3));
    }

    [Test]
    public void Two_processes_cannot_write_one_run()
    {
        var run = Create();
        using (run.Lock())
        {
            Assert.That(() => run.Lock(), Refuses($"{Out}: another process is training this run. Wait for it, or stop it."));
        }

        run.Lock().Dispose();
    }

    [Test]
    public void A_run_that_was_made_is_not_let_go_before_it_is_trained()
    {
        var run = Create(out var held);
        using (held)
        {
            Assert.That(() => run.Lock(), Throws.TypeOf<UsageException>());
        }
    }

    [Test]
    public void A_folder_that_is_gone_is_not_another_process()
    {
        var run = Create();
        Directory.Delete(Out, recursive: true);
        Assert.That(() => run.Lock(), Throws.TypeOf<DirectoryNotFoundException>());
    }

    [Test]
    public void A_program_that_is_gone_is_named_with_the_way_out()
    {
        var run = Create();
        Directory.Delete(run.Program, recursive: true);
        Assert.That(run.ReadProgram, Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The run {Out} has no training program: {Path.Combine(run.Program, "program.json")} is not there. Restore it, or start a new run."));
    }

    [Test]
    public void A_configuration_that_was_broken_by_hand_is_named()
    {
        var run = Create();
        File.WriteAllText(Path.Combine(Out, "config.json"), "{ steps: ");
        Assert.That(
            run.ReadConfig,
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{Path.Combine(Out, "config.json")} is not a run's configuration:"));
    }

    private RunFolder Create(bool overwrite = false)
    {
        var run = Create(out var held, overwrite);
        held.Dispose();
        return run;
    }

    private RunFolder Create(out IDisposable held, bool overwrite = false) => RunFolder.Create(
        Out, ARunConfig.Of(), new ProgramFiles(s_manifest, new Dictionary<string, byte[]> { ["program.json"] = [1] }), overwrite, out held);

    private static NUnit.Framework.Constraints.EqualStringConstraint Refuses(string message) =>
        Throws.TypeOf<UsageException>().With.Message.EqualTo(message);
}
