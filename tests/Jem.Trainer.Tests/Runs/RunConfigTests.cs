using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Trainer.Configuration;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Runs;

public sealed class RunConfigTests
{
    // As version 0.1 wrote it: without a format.
    private const string Before = """
        {
          "method": "simclr", "data": "synthetic:shapes", "data_provenance": "drawn shapes", "data_fingerprint": "abc", "images": 13, "short_side": 32,
          "steps": 3, "steps_per_epoch": 3,
          "device": { "device": "cpu", "ep_library": null, "threads": 2, "spin": false, "kernels": true },
          "settings": { "checkpoint_every": 10, "keep": 2, "knn_every": 0, "patience": 0, "stop_on_collapse": false },
          "options": { "temperature": 0.5 }, "program_sha256": "def",
          "versions": { "jem": "0.1.0", "onnx_runtime": "1.31.1", "dotnet": "10.0.0", "system": "Linux, 2 cores" }
        }
        """;

    [TestCase("""{"a":1,"b":{"c":[1,2]}}""", """{"b":{"c":[1,2]},"a":1.0}""", null)]
    [TestCase("""{"a":1,"b":{"c":[1,2]}}""", """{"a":1,"b":{"c":[1,3]}}""", "b.c: [1,2] / [1,3]")]
    [TestCase("""{"a":1}""", """{"a":1,"b":true}""", "b: nothing / true")]
    [TestCase("""{"a":{"x":1}}""", """{"a":2}""", """a: {"x":1} / 2""")]
    public void The_first_difference_is_named(string left, string right, string? expected)
    {
        var difference = RunConfig.Difference(JsonNode.Parse(left), JsonNode.Parse(right));
        Assert.That(difference is var (name, a, b) ? $"{name}: {a} / {b}" : null, Is.EqualTo(expected));
    }

    [Test]
    public void Options_survive_the_file([ValueSource(nameof(Methods))] Method method)
    {
        var options = OptionJson.Of(method.Options);
        var read = Read((ARunConfig.Of() with { Method = method.Name, Options = options }).ToJson());
        Assert.That(RunConfig.Difference(OptionJson.Of(MethodResolver.Read(read.Options, read.Method, JemKit.BuiltIn, "config.json")), options), Is.Null);
    }

    [Test]
    public void A_key_that_stands_twice_is_named()
    {
        var twice = ARunConfig.Of().ToJson().Replace("\"steps\": 3,", "\"steps\": 3, \"steps\": 4,");
        var refused = Throws.TypeOf<InvalidDataException>().With.Message.Contains("is not a run's configuration: ").And.Message.Contains("steps");
        Assert.That(() => Read(twice), refused);
    }

    [Test]
    public void All_of_it_survives_the_file()
    {
        var config = ARunConfig.Of() with
        {
            Program = "made/elsewhere",
            Versions = RunVersions.Current,
            Device = new DeviceOptions { Threads = 3, Kernels = false },
        };
        var read = Read(config.ToJson());
        Assert.That(read.ToJson(), Is.EqualTo(config.ToJson()));
        Assert.That((read.Program, read.Versions, read.Device, read.Settings), Is.EqualTo((config.Program, config.Versions, config.Device, config.Settings)));
    }

    [Test]
    public void What_an_older_version_wrote_is_read()
    {
        var read = Read(Before);
        Assert.Multiple(() =>
        {
            Assert.That((read.Method, read.Images, read.Steps, read.Device.Threads, read.Settings.CheckpointEvery), Is.EqualTo(("simclr", 13, 3L, 2, 10L)));
            Assert.That(read.Versions.OnnxRuntime, Is.EqualTo("1.31.1"));
            Assert.That(read.Identity().ToJsonString(), Is.EqualTo(
                """{"method":"simclr","images":13,"data_fingerprint":"abc","short_side":32,"steps":3,"device":"""
                + """{"device":"cpu","kernels":true},"options":{"temperature":0.5},"program_sha256":"def"}"""),
                "as its checkpoints hold it");
        });
    }

    [Test]
    public void Where_a_run_lies_and_what_made_it_is_not_what_it_is()
    {
        var config = ARunConfig.Of();
        var other = config with
        {
            Data = "folder:a",
            Program = "b",
            Versions = RunVersions.Current,
            Settings = new RunSettings { Keep = 9 },
            Device = config.Device with { Threads = 9 },
        };
        Assert.That(RunConfig.Difference(config.Identity(), other.Identity()), Is.Null);
        Assert.That(RunConfig.Difference(config.Identity(), (config with { Steps = 4 }).Identity()), Is.EqualTo(("steps", "3", "4")));
    }

    [Test]
    public void Another_length_holds_from_its_step_on()
    {
        var config = (ARunConfig.Of(steps: 60)).WithLength(100, done: 40).WithLength(80, done: 70);
        Assert.Multiple(() =>
        {
            Assert.That(config.Steps, Is.EqualTo(80));
            Assert.That(config.Earlier, Is.EqualTo(new[] { new EarlierLength(60, 40), new EarlierLength(100, 70) }));
            Assert.That(new[] { 0L, 39, 40, 69, 70, 79 }.Select(config.LengthAt), Is.EqualTo(new[] { 60L, 60, 100, 100, 80, 80 }));
            Assert.That(Read(config.ToJson()).Earlier, Is.EqualTo(config.Earlier));
        });
    }

    [Test]
    public void A_length_that_was_never_trained_by_leaves_no_trace()
    {
        var config = ARunConfig.Of(steps: 60);
        Assert.That(config.WithLength(100, done: 0).Earlier, Is.Null);
        Assert.That(config.WithLength(100, done: 40).WithLength(200, done: 40).Earlier, Is.EqualTo(new[] { new EarlierLength(60, 40) }));
        Assert.That(config.WithLength(100, done: 40).WithLength(60, done: 40).Earlier, Is.Null, "it is what it was");
    }

    [Test]
    public void A_checkpoint_from_before_another_length_is_of_the_same_run()
    {
        var (before, after) = (ARunConfig.Of(steps: 60), ARunConfig.Of(steps: 60).WithLength(100, done: 40));
        Assert.That(RunConfig.Difference(before.Identity(40), after.Identity(40)), Is.Null);
        Assert.That(RunConfig.Difference(before.Identity(41), after.Identity(41)), Is.EqualTo(("steps", "60", "100")));
        Assert.That(
            RunConfig.Difference(ARunConfig.Of(steps: 100).Identity(41), after.Identity(41)),
            Is.EqualTo(("earlier", "nothing", """[{"steps":60,"until":40}]""")),
            "a run that was longer from its beginning is another");
    }

    [Test]
    public void A_misspelt_key_of_an_earlier_length_is_named() => Assert.That(
        () => Read(ARunConfig.Of(steps: 60).WithLength(100, done: 40).ToJson().Replace("\"until\"", "\"untill\"")),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("'earlier.untill'").And.Message.Contains("Did you mean 'earlier.until'?"));

    [TestCase(
        "\"steps\"",
        "\"stesp\"",
        "RUN/config.json has 'stesp', which is no key of a run's configuration. Did you mean 'steps'? Restore it, or start a new run.")]
    [TestCase(
        "\"keep\"",
        "\"keap\"",
        "RUN/config.json has 'settings.keap', which is no key of a run's configuration. Did you mean 'settings.keep'? Restore it, or start a new run.")]
    [TestCase("\"images\": 13,", "", "RUN/config.json has no 'images': it is not what `jem train` wrote. Restore it, or start a new run.")]
    [TestCase(
        "\"images\": 13,",
        "\"images\": \"many\",",
        "RUN/config.json is not a run's configuration: 'images' has a value of another kind than expected. Restore it, or start a new run.")]
    [TestCase(
        "\"method\": \"simclr\"",
        "\"format\": 2, \"method\": \"simclr\"",
        "RUN/config.json is of format 2; this version of jem reads formats up to 1. Go on with the run by the version of jem that began it.")]
    public void What_was_changed_by_hand_is_named_with_the_way_out(string text, string changed, string complaint) =>
        Assert.That(() => Read(Before.Replace(text, changed)), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(complaint));

    [Test]
    public void A_program_is_known_by_every_byte_and_name_of_its_files()
    {
        static string Of(string name, params byte[] bytes) => ProgramFiles.Hash([KeyValuePair.Create(name, bytes), KeyValuePair.Create("b", new byte[] { 9 })]);
        Assert.That(Of("a", 1, 2), Is.EqualTo(Of("a", 1, 2)).And.Not.EqualTo(Of("a", 1, 3)).And.Not.EqualTo(Of("c", 1, 2)));
    }

    private static RunConfig Read(string json) => RunConfig.Parse(json, "RUN/config.json");

    private static IEnumerable<Method> Methods => MethodCatalog.BuiltIn.All;
}
