using System.Text.Json.Nodes;
using System.Xml;
using Jem.Trainer.Configuration;
using Jem.Trainer.Experiments.Collapse;
using Jem.Trainer.Tests.Commands;
using NetVips;

namespace Jem.Trainer.Tests.Experiments;

public class CollapseCommandTests
{
    [Test]
    public void The_trivial_solution_is_told_from_a_run_that_learns()
    {
        using var folder = new TemporaryFolder();
        var to = folder.At("collapse");

        // Of a third of these the neighbours are asked for: fewer would be right by chance as often.
        var result = CommandLine.Run("collapse", "--out", to, "--data", "synthetic:shapes?n=2000&size=16", "--steps", "60", "--only", "trivial", "--json");
        Assert.That(result.Code, Is.Zero, result.Error);
        var pair = JsonNode.Parse(result.Output)!.AsArray().Single()!;
        var (with, without) = (pair["with_it"]!, pair["without_it"]!);
        Assert.Multiple(() =>
        {
            Assert.That((string)pair["pair"]!, Is.EqualTo("trivial"));
            Assert.That((double)with["std_sqrt_d"]!, Is.GreaterThan(0.8));
            Assert.That((double)with["effective_rank"]!, Is.GreaterThan(5));
            Assert.That(with["collapse"], Is.Null);
            Assert.That((double)without["std_sqrt_d"]!, Is.LessThan(1e-6));
            Assert.That((double)without["effective_rank"]!, Is.EqualTo(1).Within(1e-6));
            Assert.That((double)without["loss"]!, Is.EqualTo(Math.Log(127)).Within(1e-4), "ln(2B − 1)");
            Assert.That(((string)without["collapse"]!, (long)without["since"]!, (long)without["told_at"]!), Is.EqualTo(("complete", 1L, 60L)));

            Assert.That((double)with["knn"]!, Is.GreaterThan((double)without["knn"]!));
            Assert.That((double)with["loss"]!, Is.LessThan((double)without["loss"]! - 0.1));
            Assert.That(
                File.ReadAllText(Path.Combine(to, "collapse.md")),
                Does.Contain("| trivial | simclr | ")
                    .And.Contain("| begins at the trivial solution | 0.000 | 1.0 / 128 | 4.844 | 4.844 (ln(2B − 1)) |")
                    .And.Contain("complete since 1, told at 60 |"));
            Assert.That(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(to, "collapse.json"))), JsonNode.Parse(result.Output)), Is.True);
            Assert.That(() => new XmlDocument().Load(Path.Combine(to, "collapse.svg")), Throws.Nothing);
            Assert.That(File.Exists(Path.Combine(to, "trivial-without", "metrics.jsonl")));
        });

        // One that is white was not drawn.
        using var picture = Image.NewFromFile(Path.Combine(to, "collapse.png"));
        Assert.That(picture.Width, Is.GreaterThan(1000));
        Assert.That(picture.Min(), Is.LessThan(100));

        var again = CommandLine.Run("collapse", "--out", to, "--only", "trivial");
        Assert.That((again.Code, again.Error), Is.EqualTo((2, $"jem: --out {to} exists and is not empty. Choose another folder, or add --overwrite.")));
    }

    [TestCaseSource(typeof(CollapsePair), nameof(CollapsePair.All))]
    public void The_options_of_every_pair_are_those_of_its_method(CollapsePair pair)
    {
        foreach (var settings in new[] { pair.Settings, [.. pair.Settings, .. pair.Removal] })
        {
            var request = new MethodRequest(pair.Method) { Width = 2, Batch = 16, Settings = ["backbone.stem=large", .. settings] };
            Assert.That(
                () => MethodResolver.Build(pair.Method, MethodResolver.Resolve(request, new ImageStatistics(1, [0.5], [0.25]) { Count = 5000 })),
                Throws.Nothing);
        }
    }

    [TestCase(
        "--only",
        "simsam",
        "--only simsam: there is no pair 'simsam'. Did you mean 'simsiam'? There are simsiam, byol, vicreg-variance, vicreg-covariance, swav, dino, trivial.")]
    [TestCase("--steps", "0", "--steps is 0; expected at least 1.")]
    public void What_is_not_understood_is_refused(string flag, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run("collapse", "--out", folder.At("collapse"), "--data", "synthetic:shapes", flag, value);
        Assert.That((result.Code, result.Error), Is.EqualTo((2, $"jem: {expected}")));
    }
}
