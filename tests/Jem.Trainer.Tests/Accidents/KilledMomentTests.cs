using Jem.Imaging.Files;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Accidents;

/// <summary>What a kill leaves behind at each moment of a run, laid out file by file: kills at random meet the short moments seldom.</summary>
public sealed class KilledMomentTests : IDisposable
{
    private const int Steps = 60, At = 30;

    private readonly TemporaryFolder _folder = new();
    private string _whole = "";

    private static readonly Dictionary<string, Action<RunFolder>> s_moments = new()
    {
        ["before the first checkpoint"] = run => Keep(run, 0),
        ["between two checkpoints"] = run => Keep(run, At),
        ["while a checkpoint is written"] = run =>
        {
            var next = run.Checkpoints.FileOf(At + 10);
            var half = File.ReadAllBytes(next);
            Keep(run, At);
            File.WriteAllBytes($"{next}{AtomicFile.Partial}", half[..(half.Length / 2)]);
        },
        ["while a line of metrics is written"] = run =>
        {
            Keep(run, At);
            File.AppendAllText(run.Metrics, "{\"step\":31,\"lo");
        },
        ["while the page is written"] = run =>
        {
            Keep(run, At);
            File.WriteAllText($"{run.Report}{AtomicFile.Partial}", "<!doctype");
        },
        ["while TensorBoard's events are written"] = run =>
        {
            Keep(run, At);
            File.AppendAllText(Directory.GetFiles(run.TensorBoard).Single(), "half a record");
        },
        ["after the last step"] = run => Delete(run, "encoder.onnx", "encoder.safetensors", "card.md"),
        ["after the encoder's model, before its weights"] = run => Delete(run, "encoder.safetensors", "card.md"),
    };

    private static IEnumerable<string> Moments => s_moments.Keys;

    [OneTimeSetUp]
    public void Train_a_run_that_nothing_happens_to()
    {
        _whole = _folder.At("whole");
        Assert.That(CommandLine.Run(Train(_whole)), Has.Property("Code").Zero);
    }

    public void Dispose() => _folder.Dispose();

    [TestCaseSource(nameof(Moments))]
    public void A_run_that_was_killed_ends_with_the_same_bytes(string moment)
    {
        var path = _folder.At($"killed {moment}");
        Copy(_whole, path);
        var run = RunFolder.Open(path);
        var saved = moment == "before the first checkpoint" ? 0 : At;
        File.WriteAllText(run.Status, $$"""{"state":"running","step":{{saved}},"message":"","collapse":"","time":"2026-01-01T00:00:00Z"}""");
        s_moments[moment](run);
        Assert.That(CommandLine.Run("train", "--resume", path, "--quiet"), Has.Property("Code").Zero);
        var whole = RunFolder.Open(_whole);
        Assert.Multiple(() =>
        {
            Assert.That(
                File.ReadAllBytes(run.Checkpoints.FileOf(Steps)),
                Is.EqualTo(File.ReadAllBytes(whole.Checkpoints.FileOf(Steps))),
                "the last checkpoint");
            foreach (var name in new[] { "encoder.onnx", "encoder.safetensors", "card.md" })
            {
                Assert.That(File.ReadAllBytes(Path.Combine(path, name)), Is.EqualTo(File.ReadAllBytes(Path.Combine(_whole, name))), name);
            }

            Assert.That(Directory.EnumerateFiles(run.Checkpoints.Path, $"*{AtomicFile.Partial}"), Is.Empty, "nothing half-written stays");
            Assert.That(File.ReadAllText(run.Status), Does.Contain("finished"));
        });
    }

    [Test]
    public void A_run_that_was_killed_while_it_was_made_begins_again()
    {
        var path = _folder.At("hardly begun");
        Directory.CreateDirectory(Path.Combine(path, "program"));
        File.Copy(Path.Combine(_whole, "program", "step.onnx"), Path.Combine(path, "program", "step.onnx"));
        File.Copy(Path.Combine(_whole, ".jem-run"), Path.Combine(path, ".jem-run"));
        File.WriteAllText(Path.Combine(path, $"config.json{AtomicFile.Partial}"), "{");
        Assert.That(CommandLine.Run(Train(path)), Has.Property("Code").Zero);
        Assert.That(
            File.ReadAllBytes(RunFolder.Open(path).Checkpoints.FileOf(Steps)),
            Is.EqualTo(File.ReadAllBytes(RunFolder.Open(_whole).Checkpoints.FileOf(Steps))));
    }

    private static string[] Train(string run) =>
    [
        "train", "simclr", "--data", "synthetic:shapes?n=120&size=16", "--out", run, "--width", "4", "--image-size", "16", "--batch", "8", "--quiet",
        "--steps", $"{Steps}", "--checkpoint-every", "10", "--keep", "9",
    ];

    /// <summary>Only what was there after a step: checkpoints up to it and no encoder. Metrics may be ahead.</summary>
    private static void Keep(RunFolder run, long step)
    {
        foreach (var later in run.Checkpoints.Steps.Where(known => known > step))
        {
            File.Delete(run.Checkpoints.FileOf(later));
        }

        Delete(run, "encoder.onnx", "encoder.safetensors", "card.md");
    }

    private static void Delete(RunFolder run, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            File.Delete(Path.Combine(run.Root, name));
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
