using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Export;

public class ProgramManifestTests
{
    private static readonly ProgramManifest s_manifest = ProgramWriter.Manifest(Programs.Build("resnet18 small sgd"));

    [Test]
    public void It_says_what_its_ports_mean()
    {
        var step = s_manifest.Stage(ProgramStages.Step);
        Assert.That(step.Output(Meaning.Loss).Name, Is.EqualTo("loss"));
        Assert.That(step.Output(Meaning.Embedding).Name, Is.EqualTo("embedding"));
        Assert.That(step.Inputs.Single(input => input.Means == Meaning.LearningRate).Name, Is.EqualTo("learning_rate"));
        Assert.That(s_manifest.Stage(ProgramStages.Encoder).Output(Meaning.Embedding).Shape[0], Is.EqualTo(Shape.AnyBatch));
        Assert.That(() => step.Output(Meaning.Scores), Throws.TypeOf<KeyNotFoundException>().With.Message.EqualTo(
            "The stage 'step' has no output that means 'scores'."));
    }

    [Test]
    public void One_that_version_0_1_wrote_is_read_as_today()
    {
        var old = JsonNode.Parse(s_manifest.ToJson())!.AsObject();
        foreach (var name in new[] { "format", "batch_size", "seed", "image", "backbone" })
        {
            old.Remove(name);
        }

        foreach (var port in old["stages"]!.AsArray().SelectMany(stage => stage!["inputs"]!.AsArray().Concat(stage["outputs"]!.AsArray())))
        {
            port!.AsObject().Remove("means");
        }

        Assert.That(ProgramManifest.Parse(old.ToJsonString()).ToJson(), Is.EqualTo(s_manifest.ToJson()));
    }

    [TestCase("A smaller temperature (--set temperature=0.1).", "a smaller temperature (--set temperature=0.1)")]
    [TestCase("", null)]
    public void Advice_that_was_one_sentence_is_read_as_words(string sentence, string? reason)
    {
        var old = JsonNode.Parse(s_manifest.ToJson())!.AsObject();
        old["collapse"]!["advice"] = sentence;
        Assert.That(ProgramManifest.Parse(old.ToJsonString()).Collapse.Advice, Is.EqualTo(reason is null ? [] : new[] { new Advice(reason) }));
    }

    [Kind("steps")]
    private sealed record Steps(double Each) : ScheduleRecipe
    {
        public override double ValueAt(long step, RunLength run) => Each * step;
    }

    [Test]
    public void A_kind_of_schedule_from_outside_is_written_and_read_by_who_knows_it()
    {
        var text = (s_manifest with { Schedules = new Dictionary<string, ScheduleRecipe> { ["x"] = new Steps(2) } }).ToJson();
        var builtIn = ProgramKinds.BuiltIn;
        var kinds = builtIn with { Schedules = builtIn.Schedules.With(RecipeKind.Of(typeof(Steps))) };
        Assert.That((string)JsonNode.Parse(text)!["schedules"]!["x"]!["kind"]!, Is.EqualTo("steps"));
        Assert.That(ProgramManifest.Parse(text, kinds).Schedules["x"], Is.EqualTo(new Steps(2)));
        Assert.That(() => ProgramManifest.Parse(text), Throws.TypeOf<FormatException>().With.Message.StartsWith(
            "program.json has what this program does not know. Unknown kind of schedule 'steps'. Did you mean 'switch'?"));
    }

    [Test]
    public void A_recipe_without_a_kind_is_not_written() => Assert.That(
        () => RecipeKind.Of(typeof(string)),
        Throws.ArgumentException.With.Message.EqualTo("The recipe String has no name for program.json. Write [Kind(\"name\")] above the record."));

    [Test]
    public void A_kind_may_stand_anywhere_in_its_recipe()
    {
        var turned = JsonNode.Parse(s_manifest.ToJson())!.AsObject();
        foreach (var recipe in turned["schedules"]!.AsObject().Concat(turned["batch"]!.AsObject()).Select(pair => pair.Value!.AsObject()))
        {
            var kind = recipe["kind"]!.DeepClone();
            recipe.Remove("kind");
            recipe["kind"] = kind;
        }

        Assert.That(ProgramManifest.Parse(turned.ToJsonString()).ToJson(), Is.EqualTo(s_manifest.ToJson()));
    }

    [Test]
    public void One_of_a_later_format_is_refused()
    {
        var later = JsonNode.Parse(s_manifest.ToJson())!.AsObject();
        later["format"] = 2;
        Assert.That(() => ProgramManifest.Parse(later.ToJsonString()), Throws.TypeOf<FormatException>().With.Message.EqualTo(
            "program.json is of format 2; this version of jem reads formats up to 1. Take the version of jem that wrote it, or write the program anew."));
    }

    [TestCase("batch_size", "0", "batch_size is 0; expected a whole number ≥ 1.")]
    [TestCase("image.size", "0", "image.size is 0;")]
    [TestCase("image.channels", "1", "image.mean has 3 numbers; expected one for each channel, 1.")]
    [TestCase("image.std", "[1, 1]", "image.std has 2 numbers; expected one for each channel, 3.")]
    [TestCase("image.std", "[1, 0, 1]", "image.std is 1,0,1;")]
    [TestCase("stages.0.inputs.0.dtype", "\"float16\"", "'views' of the stage 'step' is of the type 'float16'; expected one of float32,")]
    public void A_value_out_of_its_range_is_named(string name, string value, string complaint)
    {
        var changed = JsonNode.Parse(s_manifest.ToJson())!;
        var names = name.Split('.');
        var parent = names[..^1].Aggregate(changed, (node, part) => int.TryParse(part, out var index) ? node[index]! : node[part]!);
        parent[names[^1]] = JsonNode.Parse(value);
        Assert.That(() => ProgramManifest.Parse(changed.ToJsonString()), Throws.TypeOf<FormatException>().With.Message.StartsWith(
            $"program.json is not a training program's: {complaint}"));
    }

    [Test]
    public void A_key_that_stands_twice_is_refused()
    {
        var twice = s_manifest.ToJson().Replace("\"method\":", "\"method\": \"other\", \"method\":");
        Assert.That(() => ProgramManifest.Parse(twice), Throws.TypeOf<FormatException>().With.Message.Match("^program.json is not .*method"));
    }

    [Test]
    public void Whether_an_input_tells_images_apart_is_known_and_not_written()
    {
        Assert.That(new ImageIdsInput().TellsImagesApart && new RandomIdsInput(1, 2).TellsImagesApart, Is.True);
        Assert.That(s_manifest.Batch.Values.Single().TellsImagesApart, Is.False);
        var text = (s_manifest with { Batch = new Dictionary<string, BatchRecipe> { ["a"] = new ImageIdsInput(), ["b"] = new RandomIdsInput(1, 2) } }).ToJson();
        Assert.That(text, Does.Not.Contain("apart"));
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"format": 1}""")]
    [TestCase("{")]
    public void What_is_no_manifest_is_refused(string text) =>
        Assert.That(() => ProgramManifest.Parse(text), Throws.TypeOf<FormatException>().With.Message.StartsWith("program.json is not"));
}
