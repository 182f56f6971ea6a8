using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jem.Embed.Tool.Commands;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Tests.Commands;

/// <summary>The main job from end to end, as a person would run it, on a few drawn shapes.</summary>
public class PipeTests
{
    private const string Data = "synthetic:shapes?n=120&size=16";

    [Test]
    public void Images_become_an_encoder_that_finds_neighbours()
    {
        using var folder = new TemporaryFolder();
        var (run, encoder, images, index, page) = (folder.At("run"), folder.At("encoder"), folder.At("images"), folder.At("index"), folder.At("gallery.html"));

        Jem("train", "simclr", "--data", Data, "--out", run, "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "3", "--quiet");
        Assert.That(File.ReadLines(Path.Combine(run, "metrics.jsonl")).Count(), Is.GreaterThan(0));
        Assert.That((int)JsonNode.Parse(File.ReadAllText(Path.Combine(run, "config.json")))!["options"]!["backbone"]!["width"]!, Is.EqualTo(4));

        Jem("eval", run, "--data", Data, "--baselines", "--json", folder.At("eval.json"));
        var results = JsonNode.Parse(File.ReadAllText(folder.At("eval.json")))!.AsArray();
        Assert.That(results.Select(result => (string)result!["encoder"]!).Distinct(), Is.EquivalentTo(new[] { "raw", "random", "trained" }));
        Assert.That(results, Has.Count.EqualTo(12));
        Assert.That(results.Select(result => (double)result!["accuracy"]!), Is.All.InRange(0, 1));

        Jem("export", run, "--out", encoder);
        Jem("eval", Path.Combine(encoder, "encoder.onnx"), "--data", Data, "--knn");
        Jem("data", Data, "--images", images, "--count", "20");
        Assert.That(Embed("index", images, "--model", Path.Combine(encoder, "encoder.onnx"), "--out", index), Does.Contain("20 images"));
        var query = Directory.EnumerateFiles(images, "*.png", SearchOption.AllDirectories).First();
        var found = JsonNode.Parse(Embed("search", query, "--index", index, "-k", "3", "--json"))!.AsArray();
        Assert.That((double)found[0]!["similarity"]!, Is.EqualTo(1).Within(1e-4), "an image is most similar to itself");
        Embed("gallery", images, "--index", index, "--out", page, "--limit", "4", "-k", "3");
        Assert.That(File.ReadAllText(page).Split("data:image/png").Length - 1, Is.EqualTo(4 * (1 + 3)));
    }

    [Test]
    public void The_same_seed_trains_the_same_encoder()
    {
        using var folder = new TemporaryFolder();
        byte[] Train(string name, string seed)
        {
            Jem(
                "train", "simclr", "--data", Data, "--out", folder.At(name), "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "2",
                "--seed", seed, "--quiet");
            return File.ReadAllBytes(folder.At(name, "encoder.safetensors"));
        }

        var first = Train("a", "7");
        Assert.That(Train("b", "7"), Is.EqualTo(first));
        Assert.That(Train("c", "8"), Is.Not.EqualTo(first));
    }

    [Test]
    public void An_interrupted_run_saves_its_step_and_ends_with_130()
    {
        using var folder = new TemporaryFolder();
        using var interruption = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var result = CommandLine.Run(
            interruption.Token, "train", "simclr", "--data", Data, "--out", folder.At("run"), "--width", "4", "--image-size", "16", "--batch", "8",
            "--steps", "1000000", "--quiet");
        Assert.That(result.Code, Is.EqualTo(130));
        var message = Regex.Match(result.Error, @"^jem: Interrupted after step (\d+) of 1000000; it is saved\. Go on with: jem train --resume ");
        Assert.That(message.Success, result.Error);
        Assert.That(RunFolder.Open(folder.At("run")).Checkpoints.Steps[^1], Is.EqualTo(long.Parse(message.Groups[1].Value)));
    }

    [Test]
    public void A_run_is_only_replaced_when_told_so()
    {
        using var folder = new TemporaryFolder();
        string[] train =
        [
            "train", "simclr", "--data", Data, "--out", folder.At("run"), "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "1", "--quiet",
        ];
        Jem(train);
        Assert.That(CommandLine.Run(train).Error, Does.Contain("holds a run already").And.Contain("--overwrite"));
        Jem([.. train, "--overwrite"]);
    }

    private static void Jem(params string[] args)
    {
        var result = CommandLine.Run(args);
        Assert.That(result.Code, Is.Zero, result.Error);
    }

    private static string Embed(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.That(EmbedApp.RunAsync(args, output, error).GetAwaiter().GetResult(), Is.Zero, error.ToString());
        return output.ToString();
    }
}
