using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Configuration;

public class OptionTreeTests
{
    private static OptionTree Tree => new(new SimClrOptions(), Parts.BuiltIn.Names);

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
        var file = JsonNode.Parse("""{"views": {"jitter": 0}, "projector": {"norm": false}}""")!.AsObject();
        var options = (SimClrOptions)Tree.Overlay(file, "x.json").As(typeof(SimClrOptions));
        Assert.That(options.Views.Jitter, Is.Zero);
        Assert.That(options.Views.Flip, Is.EqualTo(new ViewRecipe().Flip));
        Assert.That(options.Projector.Norm, Is.False);
    }

    [Test]
    public void Settings_reach_every_option_and_its_default_changes_nothing([ValueSource(nameof(Methods))] string method)
    {
        var defaults = MethodCatalog.BuiltIn.Get(method).Options;
        var tree = new OptionTree(defaults, Parts.BuiltIn.Names);
        foreach (var row in OptionTable.Of(defaults, Parts.BuiltIn.Names))
        {
            tree.Set($"{row.Name}={OptionRow.Text(row.Value)}");
        }

        var set = OptionTable.Of(tree.As(defaults.GetType()), Parts.BuiltIn.Names);
        Assert.That(
            set.Select(row => OptionRow.Text(row.Value)),
            Is.EqualTo(OptionTable.Of(defaults, Parts.BuiltIn.Names).Select(row => OptionRow.Text(row.Value))));
    }

    [TestCase("views.blur=0.5,0.1", "views.blur", "0.5,0.1")]
    [TestCase("views.blur=[0.5, 0.1]", "views.blur", "0.5,0.1")]
    [TestCase("views.blur=0.5", "views.blur", "0.5")]
    [TestCase("seed=18446744073709551615", "seed", "18446744073709551615")]
    [TestCase("backbone.stem=large", "backbone.stem", "large")]
    [TestCase("projector.norm=False", "projector.norm", "false")]
    [TestCase("optimizer.epsilon=1e-6", "optimizer.epsilon", "1E-06")]
    [TestCase(" optimizer.clip = 1 ", "optimizer.clip", "1")]
    public void Lists_switches_texts_and_large_numbers_are_written_plainly(string assignment, string name, string value) =>
        Assert.That(
            OptionRow.Text(OptionTable.Of(Tree.Set(assignment).As(typeof(SimClrOptions)), Parts.BuiltIn.Names).Single(row => row.Name == name).Value),
            Is.EqualTo(value));

    [TestCase("temprature=1", "--set: unknown option 'temprature'. Did you mean 'temperature'? `jem methods METHOD` lists them all.")]
    [TestCase("crop_scale=1", "--set: unknown option 'crop_scale'. Did you mean 'views.crop_scale'? `jem methods METHOD` lists them all.")]
    [TestCase("image.crop_scale=1", "--set: unknown option 'image.crop_scale'. Did you mean 'views.crop_scale'? `jem methods METHOD` lists them all.")]
    [TestCase("views=1", "--set: unknown option 'views'. Did you mean 'views.count'? `jem methods METHOD` lists them all.")]
    [TestCase("temperature", "--set temperature: expected key=value, such as --set views.crop_scale=0.2,1.")]
    [TestCase(
        "temperature=warm",
        "--set: temperature is warm; expected a number > 0, such as 0.5. Temperature of NT-Xent. The paper takes 0.1 for ImageNet and 0.5 for CIFAR-10.")]
    [TestCase(
        "batch=1.5",
        "--set: batch is 1.5; expected a whole number in [2, 65536], such as 256. Images per step, each of which gives as many rows as it has views. "
        + "Batch norm and the loss compare them.")]
    [TestCase("seed=-1", "--set: seed is -1; expected a whole number, such as 0. Seed of the first weights, the order of the images and their views.")]
    [TestCase(
        "optimizer.clip=",
        "--set: optimizer.clip is empty; expected a number ≥ 0, such as 0. The largest norm of all gradients together; 0 leaves them as they are.")]
    [TestCase(
        "optimizer.clip=1e999",
        "--set: optimizer.clip is 1e999; expected a number ≥ 0, such as 0. The largest norm of all gradients together; 0 leaves them as they are.")]
    [TestCase(
        "views.crop_scale=1,0.2",
        "--set: views.crop_scale is 1,0.2; expected two numbers low,high in (0, 1] with low ≤ high, such as 0.2,1; swap the two. "
        + "The area of the crop as a fraction of the image's, drawn uniformly. From 96 pixels on it begins at 0.08.")]
    [TestCase("optimizer.name=Adam", "--set: optimizer.name is 'Adam'; expected sgd, lars, adamw. Did you mean 'adamw'?")]
    public void A_wrong_setting_is_answered_with_what_to_write(string assignment, string message) =>
        Assert.That(() => Tree.Set(assignment), Throws.TypeOf<UsageException>().With.Message.EqualTo(message));

    [Test]
    public void A_switch_takes_true_and_false_only() =>
        Assert.That(
            () => Tree.Set("projector.norm=1"),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("--set: projector.norm is 1; expected true or false, such as true."));

    [TestCase("""{"batch": "many"}""", """x.json: batch is "many"; expected a whole number in [2, 65536], such as 256.""")]
    [TestCase("""{"batch": 1}""", "x.json: batch is 1; expected a whole number in [2, 65536], such as 256.")]
    [TestCase("""{"batch": null}""", "x.json: batch is null; expected a whole number in [2, 65536], such as 256.")]
    [TestCase("""{"views": {"blurr": 0}}""", "x.json: unknown option 'views.blurr'. Did you mean 'views.blur'?")]
    [TestCase("""{"views": 3}""", "x.json: unknown option 'views'. Did you mean 'views.count'?")]
    [TestCase("""{"projector": {"norm": "no"}}""", """x.json: projector.norm is "no"; expected true or false, such as true.""")]
    public void A_wrong_option_in_a_file_names_the_file(string json, string message) =>
        Assert.That(() => Tree.Overlay(JsonNode.Parse(json)!.AsObject(), "x.json"), Throws.TypeOf<UsageException>().With.Message.StartsWith(message));

    private static IEnumerable<string> Methods => MethodCatalog.BuiltIn.All.Select(method => method.Name);
}
