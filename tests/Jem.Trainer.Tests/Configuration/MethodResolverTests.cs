using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Configuration;

public class MethodResolverTests
{
    private static readonly ImageStatistics s_grey = new(1, [0.3], [0.2]);

    [Test]
    public void Settings_win_over_flags_flags_over_the_file_and_the_file_over_the_defaults()
    {
        using var folder = new TemporaryFolder();
        var request = new MethodRequest("simclr")
        {
            ConfigFile = Write(folder, """{"batch": 8, "backbone": {"width": 16}, "temperature": 0.1}"""),
            Width = 8,
            Settings = ["temperature=0.2", "seed=3"],
        };
        var options = (SimClrOptions)MethodResolver.Resolve(request, s_grey);
        Assert.That((options.Batch, options.Backbone.Width, options.Temperature, options.Seed), Is.EqualTo((8, 8, 0.2, 3ul)));
        Assert.That((options.Image.Channels, options.Image.Mean[0], options.Views.Grey), Is.EqualTo((1, 0.3, 0d)), "what the images ask for");
    }

    [Test]
    public void The_backbone_has_its_real_sizes()
    {
        var backbone = MethodResolver.Resolve(new MethodRequest("simclr") { Backbone = "vit_small", ImageSize = 96 }, s_grey).Backbone;
        Assert.That((backbone.Width, backbone.Depth, backbone.Patch), Is.EqualTo((384, 12, 16)));
    }

    [Test]
    public void The_configuration_of_a_run_is_a_file_of_options()
    {
        using var folder = new TemporaryFolder();
        var file = Write(folder, """{"method": "simclr", "data": "folder:photos", "steps": 10, "options": {"batch": 8}}""");
        Assert.That(MethodResolver.Resolve(new MethodRequest("simclr") { ConfigFile = file }, s_grey).Batch, Is.EqualTo(8));
    }

    [TestCase("""{"method": "moco", "options": {"batch": 8}}""", "options of a run of moco; expected simclr. Did you mean `jem train moco`?")]
    [TestCase("""{"batch": 8, "batch": 9}""", "not JSON: Duplicate property 'batch' encountered during deserialization.")]
    [TestCase("{\n\"batch\": 8,,\n}", "not JSON: ',' is an invalid start of a property name. Expected a '\"', in line 2.")]
    [TestCase("""[8]""", """expected an object of options, such as { "temperature": 0.2 }.""")]
    [TestCase("""{"batch": 1}""", "batch is 1; expected a whole number in [2, 65536]")]
    [TestCase("""{"method": "simclr"}""", "the method is not an option but an argument, such as `jem train simclr`.")]
    public void A_wrong_file_is_named(string json, string complaint)
    {
        using var folder = new TemporaryFolder();
        var file = Write(folder, json);
        Assert.That(
            () => MethodResolver.Resolve(new MethodRequest("simclr") { ConfigFile = file }, s_grey),
            Throws.TypeOf<UsageException>().With.Message.StartsWith($"--config {file}: {complaint}"));
    }

    private static string Write(TemporaryFolder folder, string json)
    {
        File.WriteAllText(folder.At("options.json"), json);
        return folder.At("options.json");
    }
}
