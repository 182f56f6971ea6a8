using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Jem.Embed.Runtime;
using Jem.Trainer.Data;
using Jem.Trainer.Eval.Vectors;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Exporting;

/// <summary>The encoder in <c>models/</c> is the one that the table of <c>benchmarks/quality</c> measured.</summary>
public class ShippedModelTests
{
    private const long MostBytes = 5_000_000;

    private static readonly string s_folder = Path.Combine(Shell.Root, "models", "fashion-mnist");

    private static string Hash => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(s_folder, "encoder.onnx"))));

    [Test]
    public void It_is_the_best_of_the_table()
    {
        var rows = JsonNode.Parse(File.ReadAllText(Path.Combine(Shell.Root, "benchmarks", "quality", "results.json")))!["rows"]!.AsArray();
        var best = rows.Where(row => row!["seconds"] is not null).MaxBy(row => (double)row!["knn20"]!)!;
        Assert.That(Hash, Is.EqualTo((string)best["sha256"]!), (string)best["name"]!);
    }

    [Test]
    public void Its_card_names_it() => Assert.That(File.ReadAllText(Path.Combine(s_folder, "card.md")), Does.Contain(Hash));

    [TestCase("encoder.onnx")]
    [TestCase("encoder.safetensors")]
    public void It_is_small(string file) => Assert.That(new FileInfo(Path.Combine(s_folder, file)).Length, Is.LessThan(MostBytes));

    [Test]
    public void It_embeds_images()
    {
        using var encoder = new Encoder(Path.Combine(s_folder, "encoder.onnx"));
        var images = DataSets.Open("synthetic:shapes?n=40&size=28&channels=1", DataSplit.Train);
        var vectors = new EmbeddedImages(images, new EncoderEmbedder("trained", encoder), _ => { }).All();
        Assert.That((vectors.Vectors.Count, vectors.Vectors.Dimension), Is.EqualTo((images.Count, 128)));
        Assert.That(vectors.Vectors.Data.ToArray(), Is.All.Matches<float>(float.IsFinite));
    }
}
