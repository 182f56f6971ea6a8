using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;

namespace Jem.Trainer.Tests.Training;

/// <summary>Every method as the trainer runs it: its own inputs, schedules and states, with a checkpoint in between.</summary>
public class EveryMethodTests
{
    private const int Steps = 12, Half = 5;

    private static readonly string[] s_common = ["batch=4", "backbone.width=2", "optimizer.learning_rate=0.1"];

    // As small as can be, and such that queues go round, open and close within the steps.
    private static readonly Dictionary<string, string[]> s_small = new()
    {
        ["simclr"] = ["projector.output=8"],
        ["npid"] = ["dimension=4", "negatives=5", "loss=nce"],
        ["moco"] = ["dimension=4", "queue=10", "norm_splits=2", "ema.momentum=0.9"],
        ["pirl"] = ["dimension=4", "negatives=5", "jigsaw.patch=4"],
        ["barlow-twins"] = ["projector.hidden=8", "projector.output=8"],
        ["vicreg"] = ["expander.hidden=8", "expander.output=8"],
        ["swav"] =
        [
            "prototypes=5", "projector.hidden=8", "projector.output=4", "queue.length=6", "queue.from_epoch=0.5", "freeze_prototypes=0.2",
            "local_views.count=2",
        ],
        ["byol"] = ["projector.hidden=8", "projector.output=8", "predictor.hidden=8", "ema.momentum=0.9"],
        ["simsiam"] = ["projector.hidden=8", "projector.output=8", "predictor.hidden=4"],
        ["dino"] = ["prototypes=6", "projector.hidden=8", "projector.bottleneck=4", "local_views.count=2", "freeze_last_layer=0.2", "ema.momentum=0.9"],
        ["data2vec"] = ["backbone.name=vit_tiny", "backbone.width=12", "backbone.depth=2", "top_blocks=1", "ema.momentum=0.9"],
    };

    private static readonly IImageSet s_images = DataSets.Open("synthetic:shapes?n=30&size=16", DataSplit.Train);

    private static IEnumerable<string> Methods => MethodCatalog.BuiltIn.All.Select(method => method.Name);

    [TestCaseSource(nameof(Methods))]
    public void A_run_that_is_taken_up_from_a_checkpoint_ends_with_the_same_bytes(string method)
    {
        using var folder = new TemporaryFolder();
        var options = Options(method);
        Write(method, options, folder.Path);
        var straight = Train(folder.Path, options, null, Steps);
        var half = Train(folder.Path, options, null, Half);
        new CheckpointFolder(folder.At("checkpoints")).Save(new Checkpoint(Half, new JsonObject(), new KnnRecord(), half), keep: 1);
        var resumed = Train(folder.Path, options, new CheckpointFolder(folder.At("checkpoints")).Latest()!.Tensors, Steps);

        Assert.That(resumed.Select(tensor => tensor.Name), Is.EqualTo(straight.Select(tensor => tensor.Name)));
        Assert.That(resumed.Zip(straight).Where(pair => !pair.First.Data.AsSpan().SequenceEqual(pair.Second.Data)).Select(pair => pair.First.Name), Is.Empty);

        // What does not move would be the same without being saved.
        var moved = straight.Zip(half).Where(pair => !pair.First.Data.AsSpan().SequenceEqual(pair.Second.Data)).Select(pair => pair.First.Name).ToList();
        Assert.That(straight.Select(tensor => tensor.Name).Except(moved), Is.SubsetOf(Constant(method)));
    }

    [TestCase("moco")]
    [TestCase("byol")]
    [TestCase("dino")]
    [TestCase("data2vec")]
    public void A_teacher_begins_as_its_student(string method)
    {
        using var folder = new TemporaryFolder();
        Write(method, Options(method), folder.Path);
        using var runner = new StepRunner(folder.Path, new Device(new DeviceOptions { Threads = 1 }));
        var tensors = runner.Snapshot().ToDictionary(tensor => tensor.Name);
        var teachers = tensors.Values.Where(tensor => IsTeachers(tensor.Name) && !tensor.Name.Contains("running_")).ToList();
        Assert.That(teachers, Has.Count.GreaterThan(10));
        foreach (var teacher in teachers)
        {
            Assert.That(teacher.Data, Is.EqualTo(tensors[teacher.Name["teacher.".Length..]].Data), teacher.Name);
        }
    }

    [Test]
    public void Only_methods_with_a_momentum_of_a_teacher_have_one([ValueSource(nameof(Methods))] string method)
    {
        var options = Options(method);
        var program = MethodResolver.Build(method, options);
        Assert.That(
            program.Variables.Any(variable => IsTeachers(variable.Value.Name)),
            Is.EqualTo(OptionTable.Of(options, Parts.BuiltIn.Names).Any(option => option.Name == "ema.momentum")));
    }

    private static bool IsTeachers(string name) => name.StartsWith("teacher.", StringComparison.Ordinal);

    // Z is measured once.
    private static string[] Constant(string method) => method is "npid" or "pirl" ? ["normalizer"] : [];

    private static MethodOptions Options(string method)
    {
        var request = new MethodRequest(method) { ImageSize = 16, Settings = [.. s_common, .. s_small[method]] };
        return MethodResolver.Resolve(request, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]) { Count = s_images.Count });
    }

    private static void Write(string method, MethodOptions options, string folder)
    {
        foreach (var (name, bytes) in ProgramWriter.Files(MethodResolver.Build(method, options)))
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    /// <summary>Parameters and states after so many steps.</summary>
    /// <param name="from">What they were after <see cref="Half"/> of them; null begins.</param>
    private static IReadOnlyList<NamedTensor> Train(string folder, MethodOptions options, IReadOnlyList<NamedTensor>? from, int steps)
    {
        using var runner = new StepRunner(folder, new Device(new DeviceOptions { Threads = 1 }));
        var start = 0;
        if (from is not null)
        {
            runner.Restore(from);
            start = Half;
        }

        var manifest = ProgramManifest.Parse(File.ReadAllText(Path.Combine(folder, ProgramWriter.ManifestFile)));
        using var loader = new ViewLoader(
            s_images,
            manifest.Batch,
            new ViewLoaderOptions { Batch = options.Batch, Seed = options.Seed, Start = start, Workers = 1 });
        var loss = runner.Stage.Output(Meaning.Loss).Name;
        var length = new RunLength(Steps, loader.StepsPerEpoch);
        for (var step = start; step < steps; step++)
        {
            using var batch = loader.Next();
            foreach (var input in batch.Inputs)
            {
                batch[input].CopyTo(runner.Batch(input));
            }

            foreach (var (name, recipe) in manifest.Schedules)
            {
                runner.SetScalar(name, recipe.ValueAt(step, length));
            }

            runner.Step();
            Assert.That(float.IsFinite(runner.Metric(loss)[0]), $"the loss of step {step + 1}");
        }

        return runner.Snapshot();
    }
}
