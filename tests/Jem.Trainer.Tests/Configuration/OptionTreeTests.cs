using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Configuration;

public class OptionTreeTests
{
    private static OptionTree Tree => new(new SimClrOptions());

    [Test]
    public void Settings_reach_every_kind_of_option()
    {
        var options = (SimClrOptions)Tree
            .Set("temperature=0.2").Set("views.crop_scale=0.5,1").Set("projector.norm=false").Set("optimizer.name=lars").Set("batch=7")
            .As(typeof(SimClrOptions));
        Assert.That(options.Temperature, Is.EqualTo(0.2));
        Assert.That(options.Views.CropScale, Is.EqualTo(new[] { 0.5, 1 }));
        Assert.That(options.Projector.Norm, Is.False);
        Assert.That(options.Optimizer.Name, Is.EqualTo("lars"));
        Assert.That(options.Batch, Is.EqualTo(7));
    }

    [Test]
    public void A_file_holds_only_what_differs()
    {
        var options = (SimClrOptions)Tree.Overlay(JsonNode.Parse("""{"views": {"jitter": 0}, "projector": {"norm": false}}""")!.AsObject(), "x.json").As(typeof(SimClrOptions));
        Assert.That(options.Views.Jitter, Is.Zero);
        Assert.That(options.Views.Flip, Is.EqualTo(new ViewRecipe().Flip));
        Assert.That(options.Projector.Norm, Is.False);
    }

    [TestCase("temprature=1", "--set: unknown option 'temprature'. Did you mean 'temperature'?")]
    [TestCase("crop_scale=1", "--set: unknown option 'crop_scale'. Did you mean 'views.crop_scale'?")]
    [TestCase("views=1", "--set: unknown option 'views'. Did you mean 'views.count'?")]
    [TestCase("temperature", "--set temperature: expected key=value, such as --set views.crop_scale=0.2,1.")]
    [TestCase("temperature=warm", "--set: option 'temperature' is warm; expected a value like its default 0.5.")]
    [TestCase("projector.norm=1", "--set: option 'projector.norm' is 1; expected a value like its default true.")]
    public void A_wrong_setting_is_answered_with_what_to_write(string assignment, string message) =>
        Assert.That(() => Tree.Set(assignment), Throws.TypeOf<UsageException>().With.Message.EqualTo(message));

    [Test]
    public void A_fraction_of_an_image_is_refused() =>
        Assert.That(() => Tree.Set("batch=1.5").As(typeof(SimClrOptions)), Throws.TypeOf<UsageException>().With.Message.Contains("batch"));

    [Test]
    public void A_wrong_kind_in_a_file_names_the_file() =>
        Assert.That(
            () => Tree.Overlay(JsonNode.Parse("""{"batch": "many"}""")!.AsObject(), "x.json"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("""x.json: option 'batch' is "many"; expected a value like its default 256."""));
}
