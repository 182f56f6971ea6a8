using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;
using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Jem.Trainer.Tests.Eval.Clusters;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClustersCommandTests : IDisposable
{
    private const string Data = "synthetic:shapes?n=240&size=16";
    private const int Prototypes = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("swav", "queue.length=0")]
    [TestCase("dino", "backbone.name=resnet18")]
    public void Images_are_recognised_by_the_prototypes_of_a_run(string method, string setting)
    {
        Train(method, setting);
        var result = Clusters("--labels", "3", "--seed", "5", "--sheets", "2", "--json");
        Assert.That(result.Code, Is.Zero, result.Error);
        var document = JsonNode.Parse(result.Output)!;
        var clusters = document["clusters"]!.AsArray().Select(cluster => cluster!).ToList();
        var sizes = BySession().CountBy(prototype => prototype).ToDictionary();
        Assert.Multiple(() =>
        {
            Assert.That(document.AsObject().Select(pair => pair.Key), Is.EqualTo(new[]
            {
                "method", "step", "data", "labels_per_class", "seed", "measured_images", "accuracy", "chance", "purity", "classes",
                "prototypes", "used_prototypes", "clusters", "jem_version",
            }));
            Assert.That(
                ((string)document["method"]!, (long)document["step"]!, (int)document["labels_per_class"]!, (int)document["seed"]!),
                Is.EqualTo((method, 4L, 3, 5)));
            Assert.That(document["data"]!.ToJsonString(), Is.EqualTo(new JsonObject
            {
                ["spec"] = Data,
                ["split"] = "train",
                ["images"] = 240,
                ["fingerprint"] = DataSets.Open(Data, DataSplit.Train).Fingerprint,
            }.ToJsonString()));
            Assert.That(
                ((int)document["prototypes"]!, (int)document["used_prototypes"]!, (int)document["measured_images"]!),
                Is.EqualTo((Prototypes, sizes.Count, 240 - (8 * 3))));
            Assert.That(clusters.ToDictionary(cluster => (int)cluster["prototype"]!, cluster => (int)cluster["size"]!), Is.EquivalentTo(sizes));
            Assert.That(clusters.Select(cluster => (int)cluster["size"]!), Is.Ordered.Descending);
            Assert.That(clusters.Sum(cluster => (int)cluster["labelled"]!), Is.EqualTo(8 * 3));
            Assert.That(
                clusters.Select(cluster => cluster["counts"]!.AsObject().Sum(count => (int)count.Value!)),
                Is.EqualTo(clusters.Select(cluster => (int)cluster["size"]!)));
            Assert.That(
                (double)document["accuracy"]!,
                Is.EqualTo(document["classes"]!.AsArray().Sum(one => (double)one!["accuracy"]! * (int)one["measured_images"]!) / 216).Within(1e-12)
                    .And.Positive);
            Assert.That(File.ReadAllText(_folder.At("out", "clusters.json")).Trim(), Is.EqualTo(result.Output.Trim()));
        });

        var sheets = clusters.Select(cluster => (string?)cluster["sheet"]).ToList();
        Assert.That(sheets.Skip(2), Is.All.Null);
        Assert.That(Directory.GetFiles(_folder.At("out", "clusters")).Select(file => $"clusters/{Path.GetFileName(file)}"), Is.EquivalentTo(sheets.Take(2)));
        Assert.That(sheets[0], Is.EqualTo($"clusters/{(int)clusters[0]["prototype"]!:D3}-{clusters[0]["class"]}.png"));
        using var picture = Image.NewFromFile(_folder.At("out", sheets[0]!));
        Assert.That(picture.Width, Is.GreaterThan(8 * 96));
        Assert.That(
            Clusters("--labels", "3").Error,
            Is.EqualTo($"jem: --out {_folder.At("out")} exists and is not empty. Choose another folder, or add --overwrite."));

        // Fewer pictures: those of before are not left among them.
        var mine = _folder.At("out", "clusters", "007-mine.png");
        File.WriteAllText(mine, "a picture of a person's own");
        var again = Clusters("--labels", "3", "--split", "test", "--sheets", "1", "--overwrite");
        Assert.That(again.Code, Is.Zero, again.Error);
        Assert.That(
            again.Output,
            Does.Contain($"of {Prototypes} prototypes in use")
                .And.Contain("Accuracy 0.")
                .And.Contain("over 24 images, with 3 labelled per class; chance 0.125.")
                .And.Contain("holds pictures of 1 cluster;"));
        Assert.That(Directory.GetFiles(_folder.At("out", "clusters")), Has.Length.EqualTo(2).And.Contains(mine), "one, and one that is not ours");
    }

    [Test]
    public void A_run_of_a_method_without_prototypes_is_refused() => Refused(
        CommandHost.WrongUsage, $"{EncoderFixture.Run}: simclr has no prototypes; jem clusters needs a run of swav or dino.",
        EncoderFixture.Run, Data, "--labels", "3");

    [TestCase(2, "--labels", "0", "--labels 0: expected 1 or more.")]
    [TestCase(2, "--sheets", "-1", "--sheets -1: expected 0 or more.")]
    [TestCase(2, "--split", "tset", "--split is tset; expected train, test. Did you mean 'test'? See `jem clusters --help`.")]
    [TestCase(1, "--labels", "30", "--labels 30: the class 'circle' has 30 images, and one at least must be left to be recognised. Ask for 29 at the most.")]
    public void A_wrong_number_or_name_is_answered_with_what_is_right(int code, string flag, string value, string complaint)
    {
        Train("swav", "queue.length=0", steps: 1);
        Refused(code, complaint, _folder.At("run"), Data, [.. flag == "--labels" ? [] : new[] { "--labels", "3" }, flag, value]);
    }

    [Test]
    public void Images_without_labels_or_with_one_class_are_refused()
    {
        Train("swav", "queue.length=0", steps: 1);
        ImageFolderWriter.Write(DataSets.Open("synthetic:shapes?n=16&size=16", DataSplit.Train), _folder.At("photos"), 16);
        var one = Directory.GetDirectories(_folder.At("photos"))[0];
        Refused(CommandHost.Failed, "The images have no labels (", _folder.At("run"), $"folder:{one}", "--labels", "1");
        foreach (var other in Directory.GetDirectories(_folder.At("photos")).Where(other => other != one))
        {
            Directory.Delete(other, recursive: true);
        }

        Refused(
            CommandHost.Failed, $"All 2 images are of one class, '{Path.GetFileName(one)}'",
            _folder.At("run"), $"folder:{_folder.At("photos")}", "--labels", "1");
    }

    [Test]
    public void The_methods_that_are_named_are_those_whose_programs_assign()
    {
        var assigning = MethodCatalog.BuiltIn.All.Where(method =>
        {
            var request = new MethodRequest(method.Name) { Width = 8, Batch = 16, ImageSize = 16 };
            var options = MethodResolver.Resolve(request, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]) { Count = 100_000 });
            return MethodResolver.Build(method.Name, options).Stages.Any(stage => stage.Name == "assign");
        });
        Assert.That(ClustersCommand.Methods(JemKit.BuiltIn), Is.EqualTo(string.Join(" or ", assigning.Select(method => method.Name))));
    }

    private void Train(string method, string setting, int steps = 4)
    {
        var result = CommandLine.Run(
            "train", method, "--data", Data, "--out", _folder.At("run"), "--steps", $"{steps}", "--batch", "16", "--width", "8",
            "--image-size", "16", "--set", $"prototypes={Prototypes}", "--set", setting, "--set", "local_views.count=0", "--quiet");
        Assert.That(result.Code, Is.Zero, result.Error);
    }

    private CommandLine Clusters(params string[] flags) =>
        CommandLine.Run(["clusters", _folder.At("run"), "--data", Data, "--out", _folder.At("out"), .. flags]);

    private void Refused(int code, string complaint, string run, string data, params string[] flags)
    {
        var result = CommandLine.Run(["clusters", run, "--data", data, "--out", _folder.At("out"), .. flags]);
        Assert.That(result.Code, Is.EqualTo(code));
        Assert.That(result.Error, Does.StartWith($"jem: {complaint}"));
        Assert.That(Directory.Exists(_folder.At("out")), Is.False);
    }

    /// <summary>The prototype of each image by the stage itself, fed with weights of the checkpoint and images normalised here.</summary>
    private List<int> BySession()
    {
        var (run, images) = (RunFolder.Open(_folder.At("run")), DataSets.Open(Data, DataSplit.Train));
        var image = run.ReadProgram().Options["image"]!;
        var (mean, std) = (image["mean"]!.AsArray().Select(value => (float)value!).ToArray(), image["std"]!.AsArray().Select(value => (float)value!).ToArray());
        using var session = new InferenceSession(Path.Combine(run.Program, "assign.onnx"));
        var inputs = run.Checkpoints.Latest()!.Tensors.Where(tensor => session.InputMetadata.ContainsKey(tensor.Name))
            .ToDictionary(tensor => tensor.Name, tensor => OrtValue.CreateTensorValueFromMemory(tensor.Floats.ToArray(), [.. tensor.Shape]));
        var pixels = Enumerable.Range(0, images.Count)
            .SelectMany(i => images.Image(i).Pixels.ToArray())
            .Select((pixel, i) => ((pixel / 255f) - mean[i / 256 % 3]) / std[i / 256 % 3])
            .ToArray();
        inputs["image"] = OrtValue.CreateTensorValueFromMemory(pixels, [images.Count, 3, 16, 16]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, inputs, ["scores"]);
        var scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        foreach (var input in inputs.Values)
        {
            input.Dispose();
        }

        return [.. scores.Chunk(Prototypes).Select(row => TensorPrimitives.IndexOfMax<float>(row))];
    }
}
