using System.Text.Json.Nodes;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Training;

/// <summary>Runs in whose folder something cannot be written. Folders and files in the place of others stand for a disk that takes nothing.</summary>
public sealed class UnwritableRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("log.txt")]
    [TestCase("status.json")]
    [TestCase("report.html")]
    [TestCase("tensorboard")]
    [TestCase("skipped.txt")]
    public void What_a_run_can_do_without_does_not_end_it_and_is_said_once(string file)
    {
        var run = Train(steps: 4);
        Block(run, file);
        var result = CommandLine.Run("train", "--resume", run, "--steps", "30", "--quiet");
        Assert.That(result.Code, Is.Zero, result.Error);
        Assert.That(RunFolder.Open(run).Checkpoints.Steps[^1], Is.EqualTo(30));
        var said = result.Error.Split('\n').Where(line => line.Contains("Training goes on without that.", StringComparison.Ordinal)).ToList();
        Assert.That(said, file == "skipped.txt" ? Is.Empty.Or.Count.EqualTo(1) : Has.Count.EqualTo(1));
    }

    [Test]
    public void An_encoder_that_cannot_be_written_is_told_of_with_what_is_saved_and_the_command()
    {
        var run = Train(steps: 4);
        Block(run, "encoder.onnx");
        var result = CommandLine.Run("train", "--resume", run, "--steps", "8", "--quiet");
        Assert.That(result.Code, Is.EqualTo(1));
        Assert.That(result.Error, Does.Match(
            $"jem: Training is done and saved, and the encoder cannot be written: .+ When that is mended, write it with: jem train --resume {run}$"));
        Assert.That(RunFolder.Open(run).Checkpoints.Steps[^1], Is.EqualTo(8));
        Directory.Delete(Path.Combine(run, "encoder.onnx"), recursive: true);
        Assert.That(CommandLine.Run("train", "--resume", run, "--quiet"), Has.Property("Code").Zero);
        Assert.That(Path.Combine(run, "encoder.onnx"), Does.Exist);
    }

    [Test]
    public void An_interruption_is_told_of_as_one_although_its_encoder_cannot_be_written()
    {
        var run = Train(steps: 4);
        Block(run, "encoder.onnx");
        using var interruption = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var result = CommandLine.Run(interruption.Token, "train", "--resume", run, "--steps", "1000000", "--quiet");
        Assert.That(result.Code, Is.EqualTo(130));
        Assert.That(result.Error.Split('\n')[^1], Does.StartWith("jem: Interrupted after step "));
        Assert.That((string?)JsonNode.Parse(File.ReadAllText(Path.Combine(run, "status.json")))!["state"], Is.EqualTo("interrupted"));
    }

    private string Train(int steps)
    {
        var run = _folder.At($"run {Guid.NewGuid():N}".Replace(' ', '-'));
        var result = CommandLine.Run(
            "train", "simclr", "--data", "synthetic:shapes?n=120&size=16", "--out", run, "--width", "4", "--image-size", "16", "--batch", "8", "--quiet",
            "--steps", $"{steps}");
        Assert.That(result.Code, Is.Zero, result.Error);
        return run;
    }

    // A folder with something in it where a file is to be; a file where a folder is to be.
    private static void Block(string run, string name)
    {
        var path = Path.Combine(run, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
            File.WriteAllText(path, "in the way");
        }
        else
        {
            File.Delete(path);
            Directory.CreateDirectory(Path.Combine(path, "in the way"));
        }
    }
}
