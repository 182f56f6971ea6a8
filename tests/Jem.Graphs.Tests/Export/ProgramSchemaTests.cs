using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Json.Schema;

namespace Jem.Graphs.Tests.Export;

/// <summary>docs/program.schema.json: what a reader in another language may rely on.</summary>
public partial class ProgramSchemaTests
{
    private static readonly JsonObject s_text = ReadText();
    private static readonly JsonSchema s_schema = JsonSchema.FromText(s_text.ToJsonString());

    // Programs that have all kinds of schedules and batch inputs, and all roles and meanings.
    private static readonly string[] s_varied = ["swav", "pirl", "data2vec"];

    private static readonly ConcurrentDictionary<string, JsonObject> s_small = [];

    // What a port may have, and what is an entry of a table rather than a field.
    private static readonly string[] s_optional = ["default", "means"], s_tables = ["$.schedules", "$.batch"];

    [GeneratedRegex(@"^\$\.collapse\.losses\[\d+\]\.advice$")]
    private static partial Regex AdviceOfALoss();

    [Test]
    public void It_takes_every_program([ValueSource(typeof(Programs), nameof(Programs.Names))] string name) => Assert.That(Takes(ManifestOf(name)));

    [TestCase("""[{"reason": "more images in a step"}]""", true)]
    [TestCase("""[{"reason": "a slower teacher", "setting": "ema.momentum", "value": "0.99"}]""", true)]
    [TestCase("""[{"reason": "a slower teacher", "setting": "ema.momentum"}]""", false)]
    [TestCase("\"A slower teacher.\"", false)]
    public void Advice_has_a_reason_and_perhaps_a_setting_with_its_value(string advice, bool taken)
    {
        var manifest = Small("swav");
        manifest["collapse"]!["advice"] = JsonNode.Parse(advice);
        Assert.That(Takes(manifest), Is.EqualTo(taken));
    }

    [TestCaseSource(nameof(s_varied))]
    public void It_refuses_a_program_that_lacks_any_field(string name)
    {
        var fields = Nodes(Small(name))
            .Where(node => node.Parent is JsonObject parent && !s_tables.Contains(parent.GetPath()) && !s_optional.Contains(node.GetPropertyName()))
            .Select(node => node.GetPath()).Where(path => !AdviceOfALoss().IsMatch(path)).ToList();
        Assert.That(fields, Has.Count.GreaterThan(60));
        Assert.That(fields.Where(path => Takes(Altered(name, path, node => node.Parent!.AsObject().Remove(node.GetPropertyName())))), Is.Empty);
    }

    [TestCaseSource(nameof(s_varied))]
    public void It_refuses_a_program_with_a_value_of_another_type(string name)
    {
        var values = Nodes(Small(name)).Select(node => node.GetPath()).ToList();
        Assert.That(values.Where(path => Takes(Altered(name, path, node => node.ReplaceWith<object?>(null)))), Is.Empty, "null");
        var texts = Nodes(Small(name)).Where(node => node.GetValueKind() == JsonValueKind.String).Select(node => node.GetPath()).ToList();
        Assert.That(texts.Where(path => Takes(Altered(name, path, node => node.ReplaceWith(1)))), Is.Empty, "a number");
        Assert.That(values.Except(texts).Where(path => Takes(Altered(name, path, node => node.ReplaceWith("text")))), Is.Empty, "a text");
    }

    [TestCase("swav", "$.format", "2")]
    [TestCase("swav", "$.seed", "-1")]
    [TestCase("swav", "$.batch_size", "0")]
    [TestCase("swav", "$.stages[0].name", "\"steps\"")]
    [TestCase("swav", "$.stages[1].name", "\"step\"")]
    [TestCase("swav", "$.stages[0].inputs[0].role", "\"metric\"")]
    [TestCase("swav", "$.stages[0].outputs[0].role", "\"scalar\"")]
    [TestCase("swav", "$.stages[0].inputs[0].role", "\"weight\"")]
    [TestCase("swav", "$.stages[0].inputs[0].dtype", "\"float16\"")]
    [TestCase("swav", "$.stages[0].inputs[0].shape[0]", "-2")]
    [TestCase("swav", "$.stages[0].outputs[1].means", "\"accuracy\"")]
    [TestCase("swav", "$.schedules.learning_rate.kind", "\"\"")]
    [TestCase("swav", "$.schedules.learning_rate.longest_warmup", "1.5")]
    [TestCase("swav", "$.schedules.queue_pointer.stride", "0.5")]
    [TestCase("swav", "$.schedules.queue_pointer.length", "0")]
    [TestCase("swav", "$.batch.views.kind", "\"\"")]
    [TestCase("swav", "$.batch.views.recipe.interpolation", "\"lanczos\"")]
    [TestCase("swav", "$.batch.views.recipe.crop_scale", "[0.1]")]
    [TestCase("swav", "$.batch.views.recipe.crop_scale[1]", "1.5")]
    [TestCase("swav", "$.batch.views.recipe.hue", "0.6")]
    [TestCase("pirl", "$.batch.negatives.count", "0")]
    [TestCase("data2vec", "$.batch.mask.aspect", "0")]
    public void It_refuses_a_value_that_is_none_of_those_expected(string name, string path, string value) =>
        Assert.That(Takes(Altered(name, path, node => node.ReplaceWith(JsonNode.Parse(value)))), Is.False);

    [TestCase("schedules")]
    [TestCase("batch")]
    public void A_kind_from_outside_has_fields_of_its_own(string table)
    {
        var manifest = Small("swav");
        manifest[table]!["more"] = new JsonObject { ["kind"] = "outside", ["peak"] = "a text", ["recipe"] = 1 };
        Assert.That(Takes(manifest), Is.True);
        manifest[table]!["more"] = new JsonObject { ["peak"] = 1 };
        Assert.That(Takes(manifest), Is.False);
    }

    [Test]
    public void It_refuses_a_metric_that_is_carried_on()
    {
        var manifest = Small("swav");
        var metric = manifest["stages"]![0]!["outputs"]!.AsArray().First(port => (string)port!["role"]! == "metric")!;
        metric["next"] = "bank";
        Assert.That(Takes(manifest), Is.False);
    }

    [Test]
    public void Its_names_are_those_of_the_code()
    {
        Assert.That(Names("port.properties.role"), Is.EquivalentTo(SnakeCase<Role>()));
        Assert.That(Names("port.properties.means"), Is.EquivalentTo(SnakeCase<Meaning>().Except(["none"])));
        Assert.That(Names("port.properties.dtype"), Is.EquivalentTo(Enum.GetValues<DType>().Select(type => type.Name())));
        Assert.That(Names("stage.properties.name"), Is.EquivalentTo(new[] { ProgramStages.Step, ProgramStages.Encoder, ProgramStages.Assign }));
        Assert.That(Names("schedule_kind"), Is.EquivalentTo(ProgramKinds.BuiltIn.Schedules.Names));
        Assert.That(Names("batch_input_kind"), Is.EquivalentTo(ProgramKinds.BuiltIn.Inputs.Names));
    }

    private static bool Takes(JsonObject manifest) => s_schema.Evaluate(JsonSerializer.SerializeToElement(manifest)).IsValid;

    private static JsonObject ManifestOf(string name) => JsonNode.Parse(ProgramWriter.Manifest(Programs.Build(name)).ToJson())!.AsObject();

    private static JsonObject Small(string name) => s_small.GetOrAdd(name, Smaller).DeepClone().AsObject();

    /// <summary>The manifest with one port of each sort in every stage, and without options: those are for people.</summary>
    private static JsonObject Smaller(string name)
    {
        var manifest = ManifestOf(name);
        manifest["options"] = new JsonObject();
        foreach (var stage in manifest["stages"]!.AsArray())
        {
            foreach (var side in new[] { "inputs", "outputs" })
            {
                var sorts = stage![side]!.AsArray().DistinctBy(port => ((string?)port!["role"], (string?)port["means"]));
                stage[side] = new JsonArray([.. sorts.Select(port => port!.DeepClone())]);
            }
        }

        return manifest;
    }

    private static JsonObject Altered(string name, string path, Action<JsonNode> alter)
    {
        var manifest = Small(name);
        alter(Nodes(manifest).Single(node => node.GetPath() == path));
        return manifest;
    }

    /// <summary>Everything below a node.</summary>
    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        var children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value!),
            JsonArray items => items.Select(item => item!),
            _ => [],
        };
        return children.SelectMany(child => Nodes(child).Prepend(child));
    }

    private static IEnumerable<string> SnakeCase<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private static IEnumerable<string> Names(string definition) =>
        definition.Split('.').Aggregate(s_text["$defs"]!, (node, name) => node[name]!)["enum"]!.AsArray().Select(name => (string)name!);

    private static JsonObject ReadText()
    {
        using var stream = typeof(ProgramSchemaTests).Assembly.GetManifestResourceStream("program.schema.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
