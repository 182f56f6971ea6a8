using System.Globalization;
using System.Text.Json.Nodes;
using Jem.Trainer.Data;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Tests.Commands;

/// <summary><c>jem train --program DIR</c>: a program is trained by its program.json alone.</summary>
public sealed class ProgramFlagTests
{
    private const string Data = "synthetic:shapes?n=40&size=16";

    private static readonly string[] s_options =
        ["--width", "4", "--image-size", "16", "--batch", "8", "--seed", "5", "--preset", "paper",
        "--set", "optimizer.name=adamw"];
    private static readonly TemporaryFolder s_folder = new();
    private static readonly string s_program = s_folder.At("program");
    private static readonly string s_run = s_folder.At("by program");

    [OneTimeSetUp]
    public static void Write_a_program_and_train_it()
    {
        var statistics = ChannelStatistics.Of(DataSets.Open(Data, DataSplit.Train), limit: 10_000);
        Done(
        [
            "graph", "simclr", "--out", s_program, .. s_options,
            "--set", $"image.mean={Numbers(statistics.Mean)}", "--set", $"image.std={Numbers(statistics.Std)}", "--set", "image.count=40",
        ]);

        // What else lies there is no part of it.
        File.WriteAllText(Path.Combine(s_program, "notes.txt"), "mine");
        Done("train", "--program", s_program, "--data", Data, "--out", s_run, "--epochs", "2", "--quiet");
    }

    [OneTimeTearDown]
    public static void Delete() => s_folder.Dispose();

    [Test]
    public void It_learns_what_the_method_learns_to_the_bit()
    {
        var method = s_folder.At("by method");
        Done(["train", "simclr", "--data", Data, "--out", method, "--epochs", "2", "--quiet", .. s_options]);
        Assert.Multiple(() =>
        {
            Assert.That(Losses(s_run), Is.EqualTo(Losses(method)));
            Assert.That(Losses(s_run), Has.Count.GreaterThan(1));
            Assert.That(
                File.ReadAllBytes(RunFolder.Open(s_run).Checkpoints.FileOf(10)),
                Is.EqualTo(File.ReadAllBytes(RunFolder.Open(method).Checkpoints.FileOf(10))));
        });
    }

    [Test]
    public void Its_run_is_one_like_any_other()
    {
        var config = RunFolder.Open(s_run).ReadConfig();
        Assert.That((config.Program, config.Method, config.Steps), Is.EqualTo((s_program, "simclr", 10L)));
        Assert.That(
            Directory.GetFiles(Path.Combine(s_run, "program")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "program.json", "step.onnx", "encoder.onnx", "init.safetensors" }));
        Done("eval", s_run, "--data", Data, "--protocol", "knn", "--baselines");
        Done("export", s_run, "--out", s_folder.At("exported"));
        Done("report", s_run);
        Assert.That(
            CommandLine.Run("graph", "simclr", "--width", "4", "--batch", "8", "--out", s_run, "--overwrite").Error,
            Is.EqualTo($"jem: --out {s_run} is a run, whose encoder the program's would replace. Choose another folder."));
        Assert.That(
            CommandLine.Run("train", "--resume", s_run, "--program", s_program, "--quiet"),
            Has.Property("Code").Zero,
            "what agrees with the run may be said again");
    }

    [Test]
    public void It_goes_on_from_its_checkpoints_without_the_folder_that_it_came_from()
    {
        var (run, program) = (s_folder.At("again"), s_folder.At("gone"));
        Directory.CreateDirectory(program);
        foreach (var file in Directory.GetFiles(s_program))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }

        Done("train", "--program", program, "--data", Data, "--out", run, "--epochs", "2", "--quiet", "--checkpoint-every", "3");
        Directory.Delete(program, recursive: true);
        var checkpoints = RunFolder.Open(run).Checkpoints;
        var last = File.ReadAllBytes(checkpoints.FileOf(10));
        File.Delete(checkpoints.FileOf(10));
        File.WriteAllText(Path.Combine(run, "status.json"), """{"state":"interrupted"}""");
        Done("train", "--resume", run, "--quiet");
        Assert.That(File.ReadAllBytes(checkpoints.FileOf(10)), Is.EqualTo(last));
    }

    [Test]
    public void A_dry_run_tells_of_it()
    {
        var result = CommandLine.Run("train", "--program", s_program, "--data", Data, "--dry-run", "--json");
        Assert.That(result.Code, Is.Zero, result.Error);
        var plan = JsonNode.Parse(result.Output)!;
        Assert.That(
            ((string)plan["network"]!["method"]!, (string)plan["network"]!["backbone"]!, (int)plan["length"]!["batch"]!, (int)plan["length"]!["views"]!),
            Is.EqualTo(("simclr", "resnet18-w4", 8, 2)));
        Assert.That((string)plan["network"]!["learning_rate"]!, Does.StartWith("peak 0."));
    }

    [TestCase(
        "train simclr --program PROGRAM --data DATA --out NEW",
        2,
        "--program PROGRAM brings its method and options: leave the method 'simclr' out, or write another program with `jem graph`.")]
    [TestCase(
        "train --program PROGRAM --data DATA --out NEW --batch 4",
        2,
        "--program PROGRAM brings its method and options: leave --batch out, or write another program with `jem graph`.")]
    [TestCase(
        "train --program PROGRAM --data DATA --out NEW --preset small",
        2,
        "--program PROGRAM brings its method and options: leave --preset out, or write another program with `jem graph`.")]
    [TestCase(
        "train --program PROGRAM --data DATA --out NEW --set temperature=1",
        2,
        "--program PROGRAM brings its method and options: leave --set out, or write another program with `jem graph`.")]
    [TestCase(
        "train --program NEW --data DATA --out NEW", 2, "--program NEW: there is no such folder. Give one with a program.json, such as `jem graph` writes.")]
    [TestCase("train --program RUN --data DATA --out NEW", 1, "--program RUN has no training program: ")]
    [TestCase(
        "train --program PROGRAM --data DATA&channels=1 --out NEW",
        2,
        "--program PROGRAM takes images of 3 channels, and the data have 1. "
        + "Take other data, such as folder:DIR?channels=3, or another program, such as by `jem graph … --channels 1`.")]
    [TestCase("train --program PROGRAM --data synthetic:shapes?n=6&size=16 --out NEW", 1, "A batch of 8 is larger than the data")]
    [TestCase("train --resume RUN --batch 4", 2, "--resume RUN: the run has its program from PROGRAM and goes on by it: leave --batch out.")]
    public void What_does_not_go_with_it_is_one_line(string command, int code, string complaint)
    {
        string Named(string text) => text.Replace("PROGRAM", s_program).Replace("RUN", s_run).Replace("NEW", s_folder.At("new")).Replace("DATA", Data);
        var result = CommandLine.Run([.. command.Split(' ').Select(Named)]);
        Assert.That((result.Code, result.Error.Contains('\n')), Is.EqualTo((code, false)), result.Error);
        Assert.That(result.Error, Does.StartWith($"jem: {Named(complaint)}"));
        Assert.That(s_folder.At("new"), Does.Not.Exist);
    }

    [Test]
    public void One_that_tells_images_apart_is_for_so_many()
    {
        var bank = s_folder.At("bank");
        Done("graph", "npid", "--out", bank, "--width", "4", "--image-size", "16", "--batch", "8", "--set", "image.count=50", "--set", "negatives=8");
        var refusal = CommandLine.Run("train", "--program", bank, "--data", Data, "--out", s_folder.At("new"));
        Assert.That(
            (refusal.Code, refusal.Error),
            Is.EqualTo((
                2,
                $"jem: --program {bank} tells 50 images apart, and the data have 40. "
                + "Take a program for so many, such as by `jem graph … --set image.count=40`.")));
        Done("train", "--program", bank, "--data", "synthetic:shapes?n=50&size=16", "--out", s_folder.At("bank run"), "--steps", "2", "--quiet");
    }

    [TestCase("\"means\": \"loss\"", "\"means\": \"none\"", "no output of the stage 'step' means 'loss'; see program.json.")]
    [TestCase("\"batch_size\": 8", "\"batch_size\": 4", "the batch input 'views' is uint8[16,3,16,16], 12,288 bytes; its recipe fills 6,144 for a batch of 4.")]
    [TestCase("\"file\": \"step.onnx\"", "\"file\": \"../step.onnx\"", "names the file '../step.onnx'; expected one beside it.")]
    [TestCase("\"file\": \"step.onnx\"", "\"file\": \"other.onnx\"", "names the file 'other.onnx', and ")]
    [TestCase("\"format\": 1", "\"format\": 9", "program.json is of format 9;")]
    public void A_program_that_is_broken_is_told_of_before_anything_is_written(string text, string changed, string complaint)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(s_program))
        {
            File.Copy(file, folder.At(Path.GetFileName(file)));
        }

        var manifest = File.ReadAllText(folder.At("program.json"));
        Assert.That(manifest, Does.Contain(text));
        File.WriteAllText(folder.At("program.json"), manifest.Replace(text, changed));
        var refusal = CommandLine.Run("train", "--program", folder.Path, "--data", Data, "--out", folder.At("run"));
        Assert.That(refusal.Code, Is.EqualTo(1));
        Assert.That(refusal.Error, Does.StartWith($"jem: --program {folder.Path}").And.Contain(complaint));
        Assert.That(folder.At("run"), Does.Not.Exist);
    }

    [TestCase(
        "schedules.teacher", """{"kind": "cosine", "peak": 1, "final": 1}""",
        "program.json has a schedule for the scalar input 'teacher', which the stage 'step' does not have. Did you mean 'learning_rate'?")]
    [TestCase(
        "batch.pictures", """{"kind": "image_ids"}""",
        "program.json fills the batch input 'pictures', which the stage 'step' does not have. Did you mean 'views'?")]
    [TestCase(
        "stages.0.inputs.0.dtype", "\"float16\"",
        "program.json is not a training program's: 'views' of the stage 'step' is of the type 'float16'; expected one of float32,")]
    [TestCase("stages.1.outputs.0.means", "\"scores\"", "no output of the stage 'encoder' means 'embedding'; see program.json.")]
    [TestCase(
        "stages.1.outputs.0.name", "\"vector\"",
        "encoder.onnx and program.json do not agree on the inputs and outputs of the stage 'encoder': only one of them has the output 'vector'.")]
    [TestCase("stages.1.outputs.0.shape", "[-1]", "the output 'embedding', the embedding, is float32[-1]; expected a metric, float32[rows,D].")]
    [TestCase(
        "stages.1.outputs.1", """{"name": "more", "role": "metric", "dtype": "float32", "shape": []}""",
        "the stage 'encoder' has 2 outputs; expected the embedding alone.")]
    [TestCase(
        "stages.1.inputs.0.shape", "[8, 3, 16, 16]",
        "the stage 'encoder' takes 'image', float32[8,3,16,16] besides its weights; expected 'image', float32[-1,3,16,16].")]
    [TestCase(
        "stages.1.inputs.1.name", "\"other\"",
        "the stage 'encoder' takes the weight 'other', float32[4,3,3,3], and the stage 'step' has no parameter or state of that name.")]
    [TestCase(
        "stages.1.inputs.1.shape", "[4, 3]",
        "the stage 'encoder' takes the weight 'conv1.weight', float32[4,3], and the stage 'step' has 'conv1.weight', float32[4,3,3,3].")]
    public void What_could_not_be_trained_or_exported_is_told_of_before_anything_is_written(string place, string value, string complaint)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(s_program))
        {
            File.Copy(file, folder.At(Path.GetFileName(file)));
        }

        var manifest = JsonNode.Parse(File.ReadAllText(folder.At("program.json")))!;
        var names = place.Split('.');
        var parent = names[..^1].Aggregate(
            manifest,
            (node, name) => node is JsonArray items ? items[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!);
        if (parent is JsonArray list)
        {
            list.Add(JsonNode.Parse(value));
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(value);
        }

        File.WriteAllText(folder.At("program.json"), manifest.ToJsonString());
        var refusal = CommandLine.Run("train", "--program", folder.Path, "--data", Data, "--out", folder.At("run"));
        Assert.That((refusal.Code, refusal.Error.TrimEnd().Contains('\n')), Is.EqualTo((1, false)), refusal.Error);
        Assert.That(refusal.Error, Does.StartWith($"jem: --program {folder.Path}: {complaint}"));
        Assert.That(folder.At("run"), Does.Not.Exist);
    }

    private static void Done(params string[] command)
    {
        var result = CommandLine.Run(command);
        Assert.That(result.Code, Is.Zero, result.Error);
    }

    private static List<string> Losses(string run) =>
        [.. MetricsLine.Read(RunFolder.Open(run).Metrics).Select(line => $"{line.Step}: {line[MetricNames.Loss]:R}")];

    private static string Numbers(double[] numbers) => string.Join(',', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
