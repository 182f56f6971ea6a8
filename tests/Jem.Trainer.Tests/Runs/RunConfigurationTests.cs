using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Tests.Runs;

public sealed class RunConfigurationTests
{
    [TestCase("""{"a":1,"b":{"c":[1,2]}}""", """{"b":{"c":[1,2]},"a":1.0}""", null)]
    [TestCase("""{"a":1,"b":{"c":[1,2]}}""", """{"a":1,"b":{"c":[1,3]}}""", "b.c: [1,2] / [1,3]")]
    [TestCase("""{"a":1}""", """{"a":1,"b":true}""", "b: nothing / true")]
    [TestCase("""{"a":{"x":1}}""", """{"a":2}""", """a: {"x":1} / 2""")]
    public void The_first_difference_is_named(string left, string right, string? expected)
    {
        var difference = RunConfiguration.Difference(JsonNode.Parse(left), JsonNode.Parse(right));
        Assert.That(difference is var (name, a, b) ? $"{name}: {a} / {b}" : null, Is.EqualTo(expected));
    }

    [Test]
    public void Options_survive_the_file([ValueSource(nameof(Methods))] Method method)
    {
        var json = new JsonObject { ["method"] = method.Name, ["options"] = RunConfiguration.ToJson(method.Options) };
        var read = RunConfiguration.ReadOptions(JsonNode.Parse(json.ToJsonString())!.AsObject());
        Assert.That(RunConfiguration.Difference(RunConfiguration.ToJson(read), json["options"]), Is.Null);
    }

    [Test]
    public void Where_a_run_lies_and_what_made_it_is_not_what_it_is()
    {
        var identity = RunConfiguration.Identity(new JsonObject { ["method"] = "simclr", ["data"] = "folder:a", ["versions"] = new JsonObject(), ["settings"] = new JsonObject(), ["steps"] = 3 });
        Assert.That(identity.ToJsonString(), Is.EqualTo("""{"method":"simclr","steps":3}"""));
    }

    [Test]
    public void A_program_is_known_by_every_byte_and_name_of_its_files()
    {
        static string Of(string name, params byte[] bytes) => RunConfiguration.Sha256([KeyValuePair.Create(name, bytes), KeyValuePair.Create("b", new byte[] { 9 })]);
        Assert.That(Of("a", 1, 2), Is.EqualTo(Of("a", 1, 2)).And.Not.EqualTo(Of("a", 1, 3)).And.Not.EqualTo(Of("c", 1, 2)));
    }

    private static IEnumerable<Method> Methods => MethodCatalog.BuiltIn.All;
}
