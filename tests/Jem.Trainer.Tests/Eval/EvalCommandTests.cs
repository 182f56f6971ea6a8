using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Jem.Trainer.Commands;
using Jem.Trainer.Data;
using Jem.Trainer.Tests.Commands;
using Onnx;

namespace Jem.Trainer.Tests.Eval;

public sealed class EvalCommandTests
{
    private const string Data = "synthetic:shapes?n=240&size=16";

    [TestCase("--protocol knm", "jem: Unknown --protocol 'knm'. Did you mean 'knn'? There are knn, linear, few, retrieval, rank, all.")]
    [TestCase("--protocol knn,all", "jem: --protocol: 'all' stands alone, without others beside it.")]
    [TestCase("--protocol knn --linear", "jem: --knn and --linear are short for --protocol: give one or the other.")]
    [TestCase("--distance euclidian", "jem: Unknown --distance 'euclidian'. Did you mean 'euclidean'? There are cosine, euclidean.")]
    [TestCase(
        "--distance euclidean --temperature 0.2",
        "jem: --temperature belongs to cosine votes; with --distance euclidean votes weigh 1/distance. Leave one of the two out.")]
    [TestCase("--solver lbgfs", "jem: Unknown --solver 'lbgfs'. Did you mean 'lbfgs'? There are lbfgs, sgd, both.")]
    [TestCase("--k 20,-1", "jem: --k 20,-1: '-1' is not a whole number above 0. Give one or more with commas between, such as --k 10,100.")]
    [TestCase("--labels-per-class ten", "jem: --labels-per-class ten: 'ten' is not a whole number above 0.")]
    [TestCase("--temperature 0", "jem: --temperature 0: expected a number above 0.")]
    [TestCase("--draws 0", "jem: --draws 0: expected 1 or more.")]
    [TestCase("--protocl knn", "jem: Unknown '--protocl'. Did you mean '--protocol'? See `jem eval --help`.")]
    public void Wrong_usage_is_answered_with_what_is_right(string flags, string complaint)
    {
        var result = CommandLine.Run(["eval", "missing", "--data", Data, .. flags.Split(' ')]);
        Assert.That(result.Code, Is.EqualTo(CommandHost.WrongUsage));
        Assert.That(result.Error, Does.StartWith(complaint));
    }

    [Test]
    public void An_encoder_that_gives_no_numbers_is_told_with_the_image()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run(["eval", WithWeights(folder.At("nan.onnx"), float.NaN), "--data", Data, "--protocol", "knn"]);
        Assert.That((result.Code, result.Output), Is.EqualTo((CommandHost.Failed, "")));
        var image = DataSets.Open(Data, DataSplit.Test).Name(0);
        Assert.That(result.Error, Does.Contain($"{folder.At("nan.onnx")} gives a vector that is not finite for {image}: number 0 of it is NaN."));
    }

    [Test]
    public void An_encoder_that_gives_one_vector_for_all_images_is_warned_of()
    {
        using var folder = new TemporaryFolder();
        var result = CommandLine.Run(["eval", WithWeights(folder.At("flat.onnx"), 0), "--data", Data, "--protocol", "knn"]);
        Assert.That(result.Code, Is.EqualTo(CommandHost.Done));
        Assert.That(result.Error, Does.Match(@"2\d\d of 2\d\d different images got the same vector as .* \(zeros\): .*flat\.onnx may have collapsed"));
        Assert.That(CommandLine.Run(["eval", EncoderFixture.Encoder, "--data", Data, "--protocol", "knn"]).Error, Does.Not.Contain("collapsed"));
    }

    [Test]
    public void Every_protocol_is_written_with_all_that_is_needed_to_cite_it()
    {
        using var folder = new TemporaryFolder();
        var rows = Json(
            folder, EncoderFixture.Run, "--protocol", "all", "--solver", "both", "--epochs", "2", "--labels-per-class", "1,3", "--draws", "2", "--seed", "5",
            "--baselines");
        var trained = rows.Where(row => (string)row["encoder"]! == "trained").ToList();
        Assert.That(rows, Has.Count.EqualTo(3 * trained.Count));
        Assert.That(trained.Select(row => $"{row["protocol"]} {row["k"] ?? row["labels_per_class"]} {row["solver"]}".Trim()), Is.EqualTo(new[]
        {
            "knn 20", "knn 200", "linear all lbfgs", "linear all sgd", "linear 1 lbfgs", "linear 3 lbfgs", "linear 1 sgd", "linear 3 sgd", "retrieval", "rank",
        }));
        var sha = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(EncoderFixture.Encoder)));
        Assert.That(trained.Select(row => (string?)row["encoder_sha256"]), Is.All.EqualTo(sha));
        Assert.That(rows.Where(row => (string)row["encoder"]! == "raw").Select(row => row["encoder_sha256"]), Is.All.Null);
        Assert.That(rows.Select(row => (int)row["seed"]!), Is.All.EqualTo(5));
        Assert.That(trained[0]["data"]!.ToJsonString(), Is.EqualTo(new JsonObject
        {
            ["spec"] = Data,
            ["classes"] = 8,
            ["bank"] = 240,
            ["queries"] = 48,
            ["leave_one_out"] = false,
            ["bank_fingerprint"] = DataSets.Open(Data, DataSplit.Train).Fingerprint,
            ["query_fingerprint"] = DataSets.Open(Data, DataSplit.Test).Fingerprint,
        }.ToJsonString()));
        Assert.That(trained.Count(row => row["deviation"] is not null && (int?)row["draws"] == 2), Is.EqualTo(4));
        Assert.That((double)trained[^1]["effective_rank"]!, Is.InRange(1, (int)trained[^1]["dimension"]!));
        Assert.That(trained[^2].Select(pair => pair.Key), Is.SupersetOf(new[] { "map", "recall_at_1", "recall_at_10", "excluded_queries" }));
    }

    [Test]
    public void The_same_command_gives_the_same_file()
    {
        using var folder = new TemporaryFolder();
        string Text(string seed) => Json(folder, EncoderFixture.Encoder, "--solver", "sgd", "--epochs", "3", "--seed", seed)
            .Aggregate("", (text, row) => text + row.ToJsonString());
        var first = Text("1");
        Assert.That(Text("1"), Is.EqualTo(first));
        Assert.That(Text("2"), Is.Not.EqualTo(first));
    }

    [Test]
    public void Instances_in_one_folder_are_retrieved_leaving_one_out()
    {
        using var folder = new TemporaryFolder();
        ImageFolderWriter.Write(DataSets.Open("synthetic:shapes?n=25&size=16", DataSplit.Train), folder.At("photos"), 25);
        var instance = Directory.CreateDirectory(folder.At("photos", "alone")).FullName;
        File.Copy(Directory.EnumerateFiles(folder.At("photos"), "*.png", SearchOption.AllDirectories).First(), Path.Combine(instance, "one.png"));
        var file = folder.At("eval.json");
        var result = CommandLine.Run("eval", EncoderFixture.Encoder, "--data", $"folder:{folder.At("photos")}", "--protocol", "retrieval", "--json", file);
        Assert.That(result.Code, Is.Zero, result.Error);
        Assert.That(result.Output, Does.Contain("mAP").And.Contain("R@10"));
        var row = JsonNode.Parse(File.ReadAllText(file))![0]!;
        Assert.That(
            ((int)row["data"]!["bank"]!, (int)row["data"]!["queries"]!, (bool)row["data"]!["leave_one_out"]!, (int)row["excluded_queries"]!),
            Is.EqualTo((26, 26, true, 1)));
    }

    [Test]
    public void Directions_in_use_are_counted_without_labels_and_without_a_test_split()
    {
        using var folder = new TemporaryFolder();
        ImageFolderWriter.Write(DataSets.Open("synthetic:shapes?n=25&size=16", DataSplit.Train), folder.At("photos"), 25);
        var result = CommandLine.Run("eval", EncoderFixture.Encoder, "--data", $"folder:{folder.At("photos")}?classes=0", "--protocol", "rank", "--json");
        Assert.That(result.Code, Is.Zero, result.Error);
        var row = JsonNode.Parse(result.Output)!.AsArray().Single()!;
        Assert.That(((string)row["protocol"]!, (int)row["data"]!["queries"]!), Is.EqualTo(("rank", 25)));
        Assert.That((double)row["effective_rank"]!, Is.InRange(1, 25));
    }

    [Test]
    public void A_file_that_is_there_is_replaced_only_when_asked()
    {
        using var folder = new TemporaryFolder();
        var file = folder.At("mine.json");
        File.WriteAllText(file, "mine");
        string[] eval = ["eval", EncoderFixture.Encoder, "--data", Data, "--protocol", "rank", "--json", file];
        Assert.That(
            CommandLine.Run(eval),
            Is.EqualTo(new CommandLine(2, "", $"jem: --json {file} is there already. Name another file, or add --overwrite to replace it.")));
        Assert.That(File.ReadAllText(file), Is.EqualTo("mine"));
        Assert.That(CommandLine.Run([.. eval, "--overwrite"]), Has.Property("Code").Zero);
        Assert.That(File.ReadAllText(file), Does.Contain("effective_rank"));
    }

    [Test]
    public void A_file_of_another_kind_is_not_replaced_even_when_asked()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("encoder.onnx"), "mine");
        string[] eval = ["eval", EncoderFixture.Encoder, "--data", Data, "--protocol", "rank", "--json", folder.At("encoder.onnx"), "--overwrite"];
        var expected = $"jem: --json {folder.At("encoder.onnx")} is there and no .json file: it is not replaced, even with --overwrite. Name another file.";
        Assert.That(CommandLine.Run(eval), Is.EqualTo(new CommandLine(2, "", expected)));
        Assert.That(File.ReadAllText(folder.At("encoder.onnx")), Is.EqualTo("mine"));
    }

    [Test]
    public void Interrupting_it_ends_with_130_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var interruption = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var result = CommandLine.Run(
            interruption.Token, "eval", EncoderFixture.Encoder, "--data", Data, "--protocol", "linear", "--solver", "sgd", "--epochs", "100000000",
            "--json", folder.At("eval.json"));
        Assert.That(result.Code, Is.EqualTo(CommandHost.Interrupted));
        Assert.That(result.Error, Does.EndWith($"jem: Interrupted; nothing was measured to the end, and {folder.At("eval.json")} was not written."));
        Assert.That(File.Exists(folder.At("eval.json")), Is.False);
    }

    private static List<JsonObject> Json(TemporaryFolder folder, string encoder, params string[] flags)
    {
        var result = CommandLine.Run(["eval", encoder, "--data", Data, "--json", folder.At("eval.json"), "--overwrite", .. flags]);
        Assert.That(result.Code, Is.Zero, result.Error);
        return [.. JsonNode.Parse(File.ReadAllText(folder.At("eval.json")))!.AsArray().Select(row => row!.AsObject())];
    }

    // The encoder with one number for all of its weights.
    private static string WithWeights(string path, float weight)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(EncoderFixture.Encoder));
        foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float))
        {
            var numbers = new float[tensor.Dims.Aggregate(1L, (product, size) => product * size)];
            numbers.AsSpan().Fill(weight);
            tensor.FloatData.Clear();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan()));
        }

        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
