using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Jem.Embed.Runtime;
using Jem.Graphs.Export;
using Jem.Graphs.Seeding;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Training;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Tests.Exporting;

/// <summary>One short run, exported once, looked at from all sides.</summary>
public sealed class EncoderExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TinyRun _run;

    public EncoderExportTests()
    {
        _run = new TinyRun(_folder.At("run"));
        _run.Train(steps: 3);
        EncoderExport.Write(EncoderSource.OfRun(_run.Folder), Out);
    }

    private string Out => Path.Combine(_folder.Path, "out");

    private string Model => Path.Combine(Out, EncoderFiles.Model);

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void The_file_says_how_to_feed_it()
    {
        using var encoder = new Encoder(Model);
        Assert.Multiple(() =>
        {
            Assert.That((encoder.Info.Method, encoder.Info.Backbone), Is.EqualTo(("simclr", "resnet18-w8")));
            Assert.That((encoder.Info.ImageSize, encoder.Info.Channels, encoder.Info.Dimension), Is.EqualTo((16, 3, 64)));
            Assert.That(encoder.Info.Mean, Is.EqualTo(new[] { 0.5f, 0.5f, 0.5f }));
            Assert.That(encoder.Info.Std, Is.EqualTo(new[] { 0.25f, 0.25f, 0.25f }));
            Assert.That((encoder.Info.Normalized, encoder.Info.Data), Is.EqualTo((false, "drawn shapes")));
        });
    }

    [TestCase(EncoderFiles.Model)]
    [TestCase(EncoderFiles.Weights)]
    [TestCase(EncoderFiles.Card)]
    [Platform(Include = "Linux", Reason = "It has a device that is always full.")]
    public void On_a_full_disk_an_older_encoder_stays_whole(string file)
    {
        var folder = Directory.CreateDirectory(_folder.At($"older {file}")).FullName;
        foreach (var name in EncoderFiles.All)
        {
            File.WriteAllText(Path.Combine(folder, name), $"older {name}");
        }

        File.CreateSymbolicLink(Path.Combine(folder, $"{file}.partial"), "/dev/full");
        Assert.That(() => EncoderExport.Write(EncoderSource.OfRun(_run.Folder), folder), Throws.TypeOf<IOException>());
        Assert.That(
            Directory.GetFiles(folder).Order().Select(File.ReadAllText),
            Is.EqualTo(EncoderFiles.All.Order(StringComparer.Ordinal).Select(name => $"older {name}")));
    }

    [TestCase("folder:scans?range=4095", 4095)]
    [TestCase("mix:1*folder:a?channels=1&range=1023+2*list:b?range=1023", 1023)]
    [TestCase("folder:range=7", 0)]
    public void The_file_says_which_level_of_deep_files_is_white(string data, int range)
    {
        var config = Path.Combine(_run.Folder.Root, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(config))!;
        json["data"] = data;
        File.WriteAllText(config, json.ToJsonString());
        using var encoder = new Encoder(EncoderExport.Model(EncoderSource.OfRun(_run.Folder)), "it");
        Assert.That(encoder.Info.Range, Is.EqualTo(range));
        EncoderExport.Write(EncoderSource.OfRun(_run.Folder), _folder.At("ranged"));
        var words = range > 0 ? $"Of files with more than 8 bits, {range} is white" : "Of 16 bits take the upper 8.";
        Assert.That(File.ReadAllText(_folder.At("ranged", EncoderFiles.Card)), Does.Contain(words));
    }

    [Test]
    public void The_file_computes_what_the_stage_computes_with_the_weights_of_the_run()
    {
        using var encoder = new Encoder(Model);
        var pixels = Pixels(2);
        var expected = ByStage(_run.Runner.Snapshot(), pixels, 2);
        Assert.That(encoder.Embed(pixels, 2).Data.ToArray(), Is.EqualTo(expected).Within(1e-5f * expected.Max()));
    }

    [Test]
    public void An_embedding_does_not_depend_on_its_batch()
    {
        using var encoder = new Encoder(Model);
        var pixels = Pixels(5);
        var alone = encoder.Embed(pixels.AsSpan(0, encoder.SamplesPerImage), 1).Row(0).ToArray();
        Assert.That(encoder.Embed(pixels, 5).Row(0).ToArray(), Is.EqualTo(alone).Within(1e-5f * alone.Max()));
    }

    [Test]
    public void Training_changed_the_encoder()
    {
        EncoderExport.Write(EncoderSource.BeforeTraining(_run.Folder), Path.Combine(_folder.Path, "before"));
        using var before = new Encoder(Path.Combine(_folder.Path, "before", EncoderFiles.Model));
        using var after = new Encoder(Model);
        var pixels = Pixels(1);
        Assert.That(before.Embed(pixels, 1).Data.ToArray(), Is.Not.EqualTo(after.Embed(pixels, 1).Data.ToArray()).Within(1e-3f));
    }

    [Test]
    public void The_weights_have_the_names_of_torchvision_and_nothing_of_the_projector_or_the_optimiser()
    {
        using var file = File.OpenRead(Path.Combine(Out, EncoderFiles.Weights));
        var tensors = Safetensors.Read(file, out var metadata);
        var names = tensors.Select(tensor => tensor.Name).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(names, Does.Contain("conv1.weight").And.Contain("layer1.0.bn1.running_var").And.Contain("layer4.1.conv2.weight"));
            Assert.That(names, Has.None.StartsWith("projector").And.None.StartsWith("momentum"));
            Assert.That(metadata["jem.method"], Is.EqualTo("simclr"));
        });
    }

    [Test]
    public void The_card_tells_how_it_came_about()
    {
        var card = File.ReadAllText(Path.Combine(Out, EncoderFiles.Card));
        Assert.Multiple(() =>
        {
            Assert.That(
                card,
                Does.Contain("# resnet18-w8, trained with simclr")
                    .And.Contain("| Trained on | drawn shapes |")
                    .And.Contain("| Training | 3 steps of 4 images, seed 0 |"));
            Assert.That(card, Does.Contain(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Model)))));
        });
    }

    [Test]
    public void A_run_without_a_checkpoint_has_no_encoder()
    {
        using var run = new TinyRun(_folder.At("young"));
        Assert.That(() => EncoderSource.OfRun(run.Folder), Throws.TypeOf<InvalidDataException>().With.Message.Contains("has no checkpoint yet"));
    }

    [Test]
    public void A_missing_weight_is_named()
    {
        var source = EncoderSource.OfRun(_run.Folder);
        var without = source with { Weights = [.. source.Weights.Where(tensor => tensor.Name != "conv1.weight")] };
        Assert.That(
            () => EncoderExport.Model(without),
            Throws.ArgumentException.With.Message.StartsWith("The encoder needs the weight 'conv1.weight', which the checkpoint does not hold."));
    }

    private static byte[] Pixels(int images)
    {
        var random = new SeededRandom(11);
        return [.. Enumerable.Range(0, images * 3 * 16 * 16).Select(_ => (byte)Math.Clamp(128 + (random.NextNormal() * 60), 0, 255))];
    }

    private float[] ByStage(IReadOnlyList<NamedTensor> weights, byte[] pixels, int images)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(Path.Combine(_run.Folder.Program, "encoder.onnx"), options);
        var normalised = Array.ConvertAll(pixels, pixel => ((pixel / 255f) - 0.5f) / 0.25f);
        var inputs = weights.Where(tensor => session.InputMetadata.ContainsKey(tensor.Name))
            .ToDictionary(tensor => tensor.Name, tensor => OrtValue.CreateTensorValueFromMemory(tensor.Floats.ToArray(), [.. tensor.Shape]));
        inputs["image"] = OrtValue.CreateTensorValueFromMemory(normalised, [images, 3, 16, 16]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, inputs, ["embedding"]);
        foreach (var input in inputs.Values)
        {
            input.Dispose();
        }

        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
