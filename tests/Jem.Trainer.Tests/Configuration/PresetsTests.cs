using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Trainer.Configuration;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Configuration;

public class PresetsTests
{
    private static IEnumerable<TestCaseData> All =>
        from method in MethodCatalog.BuiltIn.All from preset in Presets.Of(method.Name) select new TestCaseData(method.Name, preset);

    [Test]
    public void Every_method_has_one_for_small_images() =>
        Assert.That(MethodCatalog.BuiltIn.All.Select(method => method.Name).Where(method => !Presets.Of(method).Contains("small")), Is.Empty);

    [Test]
    public void The_library_carries_every_file_of_the_folder_presets()
    {
        var folder = Path.Combine(Shell.Root, "presets");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).ToList();
        Assert.That(All.Select(row => $"{row.Arguments[1]}/{row.Arguments[0]}.json"), Is.EquivalentTo(files));
        foreach (var file in files)
        {
            var carried = Presets.Text(Path.GetDirectoryName(file)!, Path.GetFileNameWithoutExtension(file));
            Assert.That(carried, Is.EqualTo(File.ReadAllText(Path.Combine(folder, file))), file);
        }
    }

    [Test]
    public void A_method_shows_what_its_presets_set_and_why()
    {
        var shown = string.Join(' ', CommandLine.Run("methods", "moco").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.That(shown, Does.Contain("--preset small").And.Contain("--preset v1"));
        Assert.That(shown, Does.Contain("\"temperature\": 0.07").And.Contain("version 2 brought the blur"));
        var document = JsonNode.Parse(CommandLine.Run("methods", "moco", "--json").Output)!["presets"]!;
        Assert.That((document["v1"]!["temperature"]!.GetValue<double>(), (string)document["v1"]!["head"]!), Is.EqualTo((0.07, "linear")));
    }

    [TestCaseSource(nameof(All))]
    public void A_preset_holds_only_what_differs_and_says_why(string method, string preset)
    {
        var small = MethodCatalog.BuiltIn.Get(method).Options;

        // Large images have views of their own.
        var defaults = new[] { small, small with { Views = small.ViewsFor(224, 3) } }
            .SelectMany(options => OptionTable.Of(options, Parts.BuiltIn.Names)).ToLookup(row => row.Name, row => OptionRow.Text(row.Value));
        var resolved = OptionTable.Of(MethodResolver.Resolve(new MethodRequest(method) { Preset = preset }, small), Parts.BuiltIn.Names)
            .ToDictionary(row => row.Name, row => OptionRow.Text(row.Value));
        var text = Presets.Text(preset, method);
        var written = JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        Assert.That(Names(written, "").Where(name => defaults[name].All(value => value == resolved[name])), Is.Empty, "not different from the default");
        Assert.That(text, Does.Contain("//"));
    }

    [TestCaseSource(nameof(All))]
    public void A_program_can_be_built_from_a_preset(string method, string preset)
    {
        var request = new MethodRequest(method) { Preset = preset };
        var options = MethodResolver.Resolve(request, new ImageStatistics(1, [0.5], [0.25]) { Count = 100_000 });
        Assert.That(MethodResolver.Build(method, options).Method, Is.EqualTo(method));
    }

    [TestCaseSource(nameof(All))]
    public void What_a_method_advises_when_it_collapses_changes_the_preset_and_builds(string method, string preset)
    {
        var request = new MethodRequest(method) { Preset = preset, ImageSize = 28 };
        var images = new ImageStatistics(1, [0.5], [0.25]) { Count = 100_000 };
        var options = MethodResolver.Resolve(request, images);
        var settings = MethodResolver.Build(method, options).Collapse.Advice
            .Where(advice => advice.Setting is not null)
            .Select(advice => $"{advice.Setting}={advice.Value}")
            .ToList();
        Assert.That(settings, Is.Not.Empty);
        foreach (var setting in settings)
        {
            var changed = MethodResolver.Resolve(request with { Settings = [setting] }, images);
            Assert.That(OptionJson.Of(changed).ToJsonString(), Is.Not.EqualTo(OptionJson.Of(options).ToJsonString()), setting);
            Assert.That(() => MethodResolver.Build(method, changed), Throws.Nothing, setting);
        }
    }

    [Test]
    public void Flags_and_settings_win_over_a_preset()
    {
        var request = new MethodRequest("simclr") { Preset = "small", Settings = ["temperature=0.3"] };
        Assert.That(((SimClrOptions)MethodResolver.Resolve(request, new SimClrOptions())).Temperature, Is.EqualTo(0.3));
    }

    [Test]
    public void An_unknown_preset_is_answered_with_the_nearest() => Assert.That(
        () => MethodResolver.Resolve(new MethodRequest("simclr") { Preset = "smal" }, new SimClrOptions()),
        Throws.TypeOf<UsageException>().With.Message.EqualTo("--preset smal: simclr has no such preset. Did you mean 'small'?"));

    private static IEnumerable<string> Names(JsonObject node, string prefix) => node.SelectMany(pair =>
        pair.Value is JsonObject inner ? Names(inner, $"{prefix}{pair.Key}.") : [$"{prefix}{pair.Key}"]);
}
