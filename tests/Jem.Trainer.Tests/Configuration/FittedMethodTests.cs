using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Configuration;

public class FittedMethodTests
{
    private static readonly Machine s_two = Machine.Cpu(2) with { MemoryBytes = 16L << 30 };

    private static IEnumerable<TestCaseData> Sets =>
        from method in MethodCatalog.BuiltIn.Names
        from images in new[] { Images(300, 128), Images(60, 24), Images(10_000, 32), Images(500_000, 28, channels: 1) }
        select new TestCaseData(method, images) { TestName = $"{method} on {images.Count} images of {images.ShortSide} pixels" };

    [TestCaseSource(nameof(Sets))]
    public void Without_a_preset_every_method_fits_the_images_and_an_hour_on_two_cores(string method, ImageStatistics images)
    {
        var fitted = FittedMethod.Of(new MethodRequest(method), images, s_two);
        Assert.That(fitted.Seconds * fitted.Steps!.Value, Is.LessThan(3600));
        Assert.That(fitted.Options.Batch, Is.LessThanOrEqualTo(images.Count!.Value / 3).And.AtLeast(2));
        Assert.That(fitted.Options.Image.Size, Is.LessThanOrEqualTo(Math.Min(64, images.ShortSide!.Value)).And.EqualTo(fitted.Options.Views.Size));
        Assert.That(fitted.Options.Image.Size, Is.GreaterThan(images.ShortSide.Value - 4).Or.EqualTo(64));
        Assert.That(fitted.Choices.Select(choice => choice.Option), Does.Contain("image.size").And.Contains("batch").And.Contains("steps"));
        Assert.That(fitted.Choices.Select(choice => choice.Reason), Has.All.Not.Empty);
    }

    [Test]
    public void What_a_person_names_stays()
    {
        var request = new MethodRequest("moco") { ImageSize = 32, Batch = 24, Width = 8, Settings = ["queue=77", "norm_splits=3", "ema.momentum=0.5"] };
        var fitted = FittedMethod.Of(request, Images(2000, 128), s_two, _ => 7);
        var options = (MocoOptions)fitted.Options;
        Assert.That((options.Image.Size, options.Batch, options.Backbone.Width), Is.EqualTo((32, 24, 8)));
        Assert.That((options.Queue, options.NormSplits, options.Ema.Momentum, fitted.Steps), Is.EqualTo((77, 3, 0.5, 7L)));
        Assert.That(fitted.Choices.Select(choice => choice.Option), Is.EqualTo(new[] { "views", "optimizer.warmup_epochs" }));
    }

    [Test]
    public void A_named_value_that_does_not_fit_is_refused_and_not_replaced() => Assert.That(
        () => FittedMethod.Of(new MethodRequest("moco") { Settings = ["queue=5000"] }, Images(2000, 128), s_two),
        Throws.TypeOf<UsageException>().With.Message.StartsWith("queue is 5000, and there are 2000 images"));

    [Test]
    public void The_paper_s_options_are_the_method_s_own()
    {
        var images = Images(100_000, 32);
        var fitted = FittedMethod.Of(new MethodRequest("simclr") { Preset = Presets.Paper }, images, s_two);
        Assert.That(OptionJson.Of(fitted.Options).ToJsonString(), Is.EqualTo(OptionJson.Of(MethodResolver.Resolve(new("simclr"), images)).ToJsonString()));
        Assert.That((fitted.Steps, fitted.Choices.Count), Is.EqualTo(((long?)null, 0)));
    }

    [TestCase("queue", "300")]
    [TestCase("batch", "128")]
    [TestCase("norm_splits", null)]
    public void What_a_preset_has_too_large_for_the_images_is_lowered_and_said(string option, string? value)
    {
        var fitted = FittedMethod.Of(new MethodRequest("moco") { Preset = "small" }, Images(600, 32), s_two);
        var choice = fitted.Choices.FirstOrDefault(choice => choice.Option == option);
        Assert.That(choice?.Value, Is.EqualTo(option == "queue" ? value : null));
        Assert.That(OptionTable.Of(fitted.Options, Parts.BuiltIn.Names).Single(row => row.Name == "batch").Value, Is.EqualTo(128));
    }

    [TestCase(16, 2)]
    [TestCase(2, 1)]
    public void Groups_of_batch_norm_follow_the_batch(int batch, int groups)
    {
        var fitted = FittedMethod.Of(new MethodRequest("moco") { Preset = "small", Batch = batch }, Images(5000, 32), s_two);
        Assert.That(((MocoOptions)fitted.Options).NormSplits, Is.EqualTo(groups));
    }

    [Test]
    public void Another_backbone_than_a_preset_s_has_its_own_width_and_stem()
    {
        var fitted = FittedMethod.Of(new MethodRequest("simclr") { Backbone = "vit_tiny", ImageSize = 60 }, Images(2000, 128), s_two);
        Assert.That(fitted.Options.Backbone, Has.Property("Width").EqualTo(192).And.Property("Stem").EqualTo("auto").And.Property("Patch").EqualTo(6));
    }

    [Test]
    public void Patches_of_a_preset_follow_the_size_of_the_images()
    {
        var fitted = FittedMethod.Of(new MethodRequest("data2vec") { Preset = "small", ImageSize = 64 }, Images(2000, 128), s_two);
        Assert.That(fitted.Options.Backbone.Patch, Is.EqualTo(8));
    }

    [TestCase(1, 0.8, 0.3)]
    [TestCase(3, 0.4, 0.2)]
    public void Colours_get_the_views_of_the_paper_and_grey_images_those_of_the_preset(int channels, double brightness, double smallestCrop)
    {
        var views = FittedMethod.Of(new MethodRequest("simclr"), Images(2000, 32, channels), s_two).Options.Views;
        Assert.That((views.Brightness, views.CropScale[0]), Is.EqualTo((brightness, smallestCrop)));
    }

    [TestCase(null)]
    [TestCase("small")]
    public void Other_views_than_the_preset_s_are_said(string? preset)
    {
        var fitted = FittedMethod.Of(new MethodRequest("simclr") { Preset = preset }, Images(2000, 32), s_two);
        Assert.That(fitted.Choices, Has.One.Property("Option").EqualTo("views").And.One.Property("Reason").StartsWith("for colours"));
    }

    [Test]
    public void The_size_of_images_and_views_is_one_whichever_is_named(
        [Values("image.size", "views.size")] string option, [Values(null, "small", Presets.Paper)] string? preset)
    {
        var options = FittedMethod.Of(new MethodRequest("simclr") { Preset = preset, Settings = [$"{option}=40"] }, Images(2000, 128), s_two).Options;
        Assert.That((options.Image.Size, options.Views.Size), Is.EqualTo((40, 40)));
    }

    [TestCase("small", "vit_tiny")]
    [TestCase("small", "resnet18")]
    [TestCase(null, "vit_tiny")]
    public void What_a_run_was_asked_for_is_what_it_has(string? preset, string backbone)
    {
        var request = new MethodRequest("simclr") { Preset = preset, Backbone = backbone };
        var options = FittedMethod.Of(request, Images(2000, 128), s_two).Options;
        Assert.That(OptionJson.Of(FittedMethod.Over(options, request, 3, 2000)).ToJsonString(), Is.EqualTo(OptionJson.Of(options).ToJsonString()));
    }

    [Test]
    public void A_preset_that_fits_stays_as_it_is()
    {
        var fitted = FittedMethod.Of(new MethodRequest("moco") { Preset = "v1" }, Images(200_000, 32), s_two);
        Assert.That((fitted.Options.Views.Jitter, fitted.Options.Views.Hue, fitted.Options.Batch), Is.EqualTo((1, 0.4, 256)));
        Assert.That(fitted.Choices, Is.Empty);
    }

    [TestCase("small")]
    [TestCase(null)]
    public void A_preset_s_backbone_that_is_named_keeps_its_width_and_stem(string? preset)
    {
        FittedMethod Of(string? backbone) =>
            FittedMethod.Of(new MethodRequest("simclr") { Preset = preset, Backbone = backbone }, Images(2000, 32), s_two);
        Assert.That(Of("resnet18").Options.Backbone, Is.EqualTo(Of(null).Options.Backbone).And.Property("Stem").EqualTo("large"));
    }

    [Test]
    public void More_cores_train_a_wider_network_and_little_memory_a_smaller_batch()
    {
        var images = Images(10_000, 128);
        FittedMethod On(Machine machine) => FittedMethod.Of(new MethodRequest("simclr"), images, machine);
        Assert.That(On(s_two).Options.Backbone.Width, Is.LessThan(On(Machine.Cpu(64) with { MemoryBytes = 64L << 30 }).Options.Backbone.Width));
        var small = On(s_two with { MemoryBytes = 700L << 20 });
        Assert.That((small.Options.Backbone.Width, small.Options.Batch), Is.EqualTo((16, 64)).Or.EqualTo((16, 32)));
        Assert.That(small.MemoryBytes, Is.LessThanOrEqualTo(350L << 20));
    }

    [Test]
    public void A_method_without_a_preset_is_fitted_as_well()
    {
        var fitted = FittedMethod.Of(new MethodRequest("outside") { Kit = OutsideMethod.Kit, Width = 8 }, Images(60, 24), s_two);
        Assert.That((fitted.Options.Image.Size, fitted.Options.Batch), Is.EqualTo((24, 16)));
    }

    private static ImageStatistics Images(int count, int shortSide, int channels = 3) =>
        new(channels, [.. Enumerable.Repeat(0.5, channels)], [.. Enumerable.Repeat(0.25, channels)]) { Count = count, ShortSide = shortSide };
}
