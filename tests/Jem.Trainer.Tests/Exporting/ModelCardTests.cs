using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Exporting;

/// <summary>What a card says of the network, for each kind of backbone and with and without a teacher.</summary>
public sealed class ModelCardTests : IDisposable
{
    private const string Student = "; the student, which gradients trained, not its teacher";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("simclr", "resnet18", 8, 64, "resnet18, width 8, small stem (3×3, stride 1, no pooling)", "`fc.weight` and `fc.bias`")]
    [TestCase("simclr", "resnet18", 8, 96, "resnet18, width 8, large stem (7×7, stride 2, max pooling)", "each `num_batches_tracked`")]
    [TestCase("byol", "convnext_tiny", 8, 32, $"convnext_tiny, width 8, small stem (patches of 2 pixels){Student}", "`classifier.2.weight`")]
    [TestCase("dino", "vit_tiny", 64, 32, $"vit_tiny, width 64, 12 blocks, patches of 4 pixels, the class token{Student}", "`head.weight`")]
    public void The_card_says_what_was_left_to_the_program(string method, string backbone, int width, int side, string network, string missing)
    {
        var card = Card(Program(method, backbone, width, side));
        Assert.That(card, Does.Contain($"| Network | {network} |\n").And.Contain(missing));
    }

    [TestCase("cpu", null, false, "")]
    [TestCase("cuda", null, false, "; on a GPU, products in TF32; the same run gives other bytes")]
    [TestCase("cuda", "fp32", true, "; on a GPU, products in float32; the same run gives the same bytes")]
    public void The_card_says_what_a_GPU_does_to_the_bytes(string device, string? precision, bool deterministic, string remark)
    {
        var computed = new DeviceOptions { Device = device, Precision = precision, Deterministic = deterministic }.Remark;
        Assert.That(Card(Program("simclr", "resnet18", 8, 32), computed), Does.Contain($", seed 0{remark} |\n"));
    }

    [TestCase("{}")]
    [TestCase("""{"backbone":"of my own"}""")]
    public void A_program_from_elsewhere_may_have_options_of_its_own(string options)
    {
        var program = Program("simclr", "resnet18", 8, 32);
        var path = Path.Combine(program, ProgramWriter.ManifestFile);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        (manifest["options"], manifest["backbone"]) = (JsonNode.Parse(options), "mine");
        File.WriteAllText(path, manifest.ToJsonString());
        Assert.That(Card(program), Does.Contain("| Network | mine |\n").And.Not.Contain("load_state_dict"));
    }

    private string Program(string method, string backbone, int width, int side)
    {
        var program = _folder.At($"{method}-{backbone}-{side}");
        string[] options = ["--backbone", backbone, "--width", $"{width}", "--image-size", $"{side}", "--batch", "8", "--overwrite", "--out", program];
        var result = CommandLine.Run(["graph", method, .. options]);
        Assert.That(result.Code, Is.Zero, result.Error);
        return program;
    }

    private string Card(string program, string? computed = null)
    {
        using var initial = File.OpenRead(Path.Combine(program, ProgramWriter.InitialFile));
        EncoderExport.Write(new EncoderSource(program, Safetensors.Read(initial), 0, "nothing") { Computed = computed }, _folder.At("encoder"));
        return File.ReadAllText(_folder.At("encoder", EncoderFiles.Card));
    }
}
