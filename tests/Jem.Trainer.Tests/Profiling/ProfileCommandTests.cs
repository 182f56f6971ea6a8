using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Profiling;

public class ProfileCommandTests
{
    private static readonly string[] s_tiny = ["--width", "4", "--image-size", "16", "--batch", "4"];

    [Test]
    public void A_person_sees_the_convolutions_beside_what_the_machine_can_do()
    {
        var result = CommandLine.Run(["profile", "simclr", .. s_tiny, "--steps", "2"]);
        Assert.That(result.Code, Is.Zero, result.Error);
        string[] parts =
        [
            "simclr, resnet18-w4, 4 images of 3×16×16 a step", "threads on", "GFLOP/s of all threads in registers", "without the profiler", "in operators",
            "of peak", "ConvGradWeight", "ConvGradInput", "outside operators",
        ];
        Assert.That(parts.Where(part => !result.Output.Contains(part)), Is.Empty, result.Output);
        Assert.That(result.Output.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThanOrEqualTo(80));
    }

    [Test]
    public void A_script_gets_the_same_and_the_rows_are_all_that_operators_took()
    {
        var profile = Json(["profile", "simclr", .. s_tiny, "--steps", "2", "--threads", "1"]);
        Assert.That((string)profile["program"]!["method"]!, Is.EqualTo("simclr"));
        Assert.That((int)profile["machine"]!["threads"]!, Is.EqualTo(1));
        Assert.That((double)profile["peaks"]!["gflops"]!, Is.Positive);
        Assert.That((double)profile["peaks"]!["read_gb_per_second"]!, Is.Positive);
        Assert.That((int)profile["steps"]!, Is.EqualTo(2));
        Assert.That((double)profile["step_ms"]!, Is.Positive);

        // With two steps the median is the mean, and a sum of means the mean of sums.
        var rows = profile["rows"]!.AsArray();
        Assert.That(rows.Sum(row => (double)row!["ms"]!), Is.EqualTo((double)profile["operators_ms"]!).Within(1e-6).Percent);
        Assert.That((double)profile["operators_ms"]! + (double)profile["outside_ms"]!, Is.EqualTo((double)profile["profiled_step_ms"]!).Within(1e-6).Percent);
        Assert.That(rows.Select(row => (string)row!["operator"]!), Is.Unique.And.SupersetOf(new[] { "Conv", "ConvGradWeight", "ConvGradInput", "Gemm" }));
        string[] fields = ["operator", "node", "shapes", "calls", "ms", "share", "operations", "bytes", "gflops", "peak_share", "gb_per_second"];
        Assert.That(rows[0]!.AsObject().Select(field => field.Key), Is.EqualTo(fields));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Products_are_those_of_the_graph(bool kernels)
    {
        var profile = Json(["profile", "simclr", .. s_tiny, "--steps", "1", "--conv", "direct", .. kernels ? Array.Empty<string>() : ["--portable"]]);
        string[] products = ["Conv", "ConvTranspose", "ConvGradInput", "ConvGradWeight", "MatMul", "FusedMatMul", "Gemm"];
        var counted = profile["rows"]!.AsArray().Where(row => products.Contains((string)row!["operator"]!)).Sum(row => (double)row!["operations"]!);
        var options = MethodResolver.Resolve(
            new MethodRequest("simclr") { Width = 4, ImageSize = 16, Batch = 4 }, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]));
        var graph = MethodCatalog.BuiltIn.Get("simclr").Build(options).Stage(ProgramStages.Step);

        // A body of standard operators takes the same products, some on the padding.
        Assert.That(counted, Is.EqualTo(GraphCost.Of(graph).Operations).Within(kernels ? 1e-6 : 10).Percent);
    }

    [Test]
    public void A_run_has_its_own_options_and_single_nodes_have_their_shapes()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var train = CommandLine.Run(
            "train", "data2vec", "--data", "synthetic:shapes?n=40&size=16", "--out", run, "--image-size", "16", "--batch", "4", "--steps", "1", "--quiet",
            "--set", "backbone.patch=8");
        Assert.That(train.Code, Is.Zero, train.Error);
        var profile = Json(["profile", run, "--by", "node", "--steps", "1"]);
        Assert.That((string)profile["program"]!["method"]!, Is.EqualTo("data2vec"));
        var first = profile["rows"]![0]!;
        Assert.That((string)first["node"]!, Is.Not.Empty);
        Assert.That((string)first["shapes"]!, Does.Match(@"^\[[\d,]*\].* → \[[\d,]*\]"));

        var result = CommandLine.Run("profile", run, "--width", "8");
        Assert.That(result.Code, Is.EqualTo(CommandHost.WrongUsage));
        Assert.That(result.Error, Is.EqualTo($"jem: --width is for a method, and {run} is a run, which has its options: leave it out."));
    }

    [TestCase("profile simlcr", "jem: 'simlcr' is neither a method nor the folder of a run. Did you mean the method 'simclr'?")]
    [TestCase("profile simclr --steps 0", "jem: --steps is 0; expected a whole number from 1 to 100.")]
    [TestCase("profile simclr --by operator", "jem: --by is operator; expected kind, node. Did you mean 'node'? See `jem profile --help`.")]
    [TestCase("profile simclr --device cuda --cuda-graph",
        "jem: --cuda-graph starts a step as a whole, in which operators have no times of their own: leave it out.")]
    [TestCase("profile simclr --channels 0", "jem: --channels is 0; expected a whole number ≥ 1.")]
    public void Wrong_usage_is_one_line_and_code_2(string command, string complaint)
    {
        var result = CommandLine.Run(command.Split(' '));
        Assert.That((result.Code, result.Output, result.Error), Is.EqualTo((CommandHost.WrongUsage, "", complaint)));
    }

    [Test]
    public void A_folder_that_is_no_run_is_named()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run("profile", folder.Path);
        Assert.That(result.Code, Is.EqualTo(CommandHost.WrongUsage));
        Assert.That(result.Error, Does.StartWith($"jem: {folder.Path} is not a run: "));
    }

    private static JsonNode Json(string[] arguments)
    {
        var result = CommandLine.Run([.. arguments, "--json"]);
        Assert.That(result.Code, Is.Zero, result.Error);
        return JsonNode.Parse(result.Output)!;
    }
}
