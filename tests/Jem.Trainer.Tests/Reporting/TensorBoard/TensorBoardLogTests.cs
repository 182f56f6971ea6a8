using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Jem.Trainer.Reporting.TensorBoard;

namespace Jem.Trainer.Tests.Reporting.TensorBoard;

/// <summary>Event files read by an independent reader (oracles/read_events.py), where there is a Python.</summary>
public sealed class TensorBoardLogTests
{
    [Test]
    public void What_is_written_is_read_by_another_reader()
    {
        using var folder = new TemporaryFolder();
        var before = DateTime.UtcNow;
        using (var log = new TensorBoardLog(folder.Path))
        {
            log.Write(0, new Dictionary<string, double> { ["step"] = 0, ["loss"] = 5.5, ["embedding_std"] = 0 });
            log.Write(
                300,
                new Dictionary<string, double> { ["step"] = 300, ["loss"] = 0.25, ["loss_invariance"] = 1e-3, ["learning_rate"] = 0.1, ["knn"] = 0.5 });
            var read = Read(folder);
            Assert.That(read["versions"]!.ToJsonString(), Is.EqualTo("""["brain.Event:2"]"""));
            Assert.That(Points(read, "loss"), Is.EqualTo(new[] { (0L, 5.5f), (300L, 0.25f) }));
            Assert.That(Points(read, "embedding/std"), Is.EqualTo(new[] { (0L, 0f) }));
            Assert.That(Points(read, "loss/invariance"), Is.EqualTo(new[] { (300L, 1e-3f) }));
            Assert.That(
                read["scalars"]!.AsObject().Select(pair => pair.Key),
                Is.EquivalentTo(new[] { "loss", "embedding/std", "loss/invariance", "learning_rate", "knn" }));
            Assert.That((double)read["first_time"]!, Is.EqualTo((before - DateTime.UnixEpoch).TotalSeconds).Within(60));
        }
    }

    [Test]
    public void A_resumed_run_takes_back_what_came_after_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using (var log = new TensorBoardLog(folder.Path))
        {
            foreach (var step in new[] { 10, 20, 30 })
            {
                log.Write(step, new Dictionary<string, double> { ["loss"] = step });
            }
        }

        using (var log = new TensorBoardLog(folder.Path, resumedAtStep: 20))
        {
            log.Write(30, new Dictionary<string, double> { ["loss"] = 31 });
        }

        Assert.That(Directory.EnumerateFiles(folder.Path, "events.out.tfevents.*"), Has.Exactly(2).Items);
        Assert.That(Points(Read(folder), "loss"), Is.EqualTo(new[] { (10L, 10f), (20L, 20f), (30L, 31f) }));
    }

    private static (long Step, float Value)[] Points(JsonNode read, string tag) =>
        [.. read["scalars"]![tag]!.AsArray().Select(point => ((long)point![0]!, (float)(double)point[1]!))];

    // TensorBoard reads a run's files in the order of their names.
    private static JsonNode Read(TemporaryFolder folder, [CallerFilePath] string here = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(here)!, "oracles", "read_events.py");
        try
        {
            var files = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal);
            var start = new ProcessStartInfo("python3", [script, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, errors);
            return JsonNode.Parse(output)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assume.That(false, "There is no python3.");
            throw;
        }
    }
}
