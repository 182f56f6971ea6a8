using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class LocalViewsTests
{
    private static readonly SwavOptions s_options = new()
    {
        Batch = 2,
        Prototypes = 8,
        Projector = new() { Hidden = 8, Output = 4 },
        Queue = new() { Length = 0 },
        Image = new() { Size = 32 },
        Backbone = new() { Width = 2 },
    };

    [TestCase(32, 14)]
    [TestCase(96, 41)]
    [TestCase(224, 96)]
    public void Local_views_have_three_sevenths_of_the_side(int image, int local)
    {
        var input = Build(At(image)).Stage("step").Inputs.Single(input => input.Value.Name == "local_views");
        Assert.That(input.Value.Shape, Is.EqualTo(new long[] { 12, 3, local, local }));
        Assert.That(input.Value.Type, Is.EqualTo(DType.UInt8));
    }

    [TestCase(32, 12)]
    [TestCase(224, 96)]
    public void They_are_whole_patches_of_a_vision_transformer(int image, int local)
    {
        var program = Build(At(image) with { Backbone = new() { Name = "vit_tiny", Width = 12, Depth = 1 } });
        Assert.That(program.Stage("step").Inputs.Single(input => input.Value.Name == "local_views").Value.Shape[2], Is.EqualTo(local));
    }

    [TestCase(32, 16)]
    [TestCase(64, 27)]
    [TestCase(96, 41)]
    public void They_are_no_smaller_than_the_backbone_takes(int image, int local)
    {
        var program = Build(At(image) with { Backbone = new() { Name = "convnext_tiny", Width = 2 } });
        Assert.That(program.Stage("step").Inputs.Single(input => input.Value.Name == "local_views").Value.Shape[2], Is.EqualTo(local));
    }

    [TestCase("convnext_tiny", 14, 16)]
    [TestCase("vit_tiny", 10, 8)]
    public void A_size_that_the_backbone_does_not_take_is_refused_with_the_nearest(string backbone, int size, int nearest)
    {
        var options = s_options with { Backbone = new() { Name = backbone, Width = 12 } };
        Assert.That(() => Build(options with { LocalViews = new() { Count = 1, Size = size } }), Throws.ArgumentException.With.Message.EqualTo(
            $"local_views.size is {size}, which {backbone} does not take here; the nearest that it takes is {nearest}. "
            + $"Set local_views.size={nearest}, or 0 for a usual one."));
        Assert.That(() => Build(options with { LocalViews = new() { Count = 1, Size = nearest } }), Throws.Nothing);
    }

    [Test]
    public void Where_the_backbone_takes_none_that_are_smaller_they_are_refused()
    {
        var options = s_options with { Backbone = new() { Name = "convnext_tiny", Width = 2, Stem = "large" } };
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(
            "Images of 32 pixels are as small as views for convnext_tiny can be, so that there are no smaller local ones. "
            + "Take larger images, or set local_views.count=0 to do without."));
        Assert.That(() => Build(options with { LocalViews = new() }), Throws.Nothing);
    }

    [Test]
    public void Both_sizes_go_through_the_network_of_the_whole_image() =>
        Assert.That(Build(At(96)).Variables.Single(variable => variable.Value.Name == "conv1.weight").Value.Shape, Is.EqualTo(new long[] { 2, 3, 7, 7 }));

    [Test]
    public void They_are_drawn_as_the_global_ones_but_small_unsolarized_and_blurred_alike()
    {
        var views = new ViewRecipe { Hue = 0.2, Blur = [1, 0.1], Solarize = [0, 0.2] };
        var batch = Build(s_options with { Views = views, LocalViews = new() { Count = 3, Size = 10, CropScale = [0.05, 0.3] } }).Batch;
        Assert.That(((ViewsInput)batch["views"]).Recipe, Is.EqualTo(views));
        var (recipe, first) = (ViewsInput)batch["local_views"];
        Assert.That(first, Is.EqualTo(2));
        Assert.That((recipe.Count, recipe.Size, recipe.Hue), Is.EqualTo((3, 10, 0.2)));
        Assert.That((recipe.CropScale, recipe.Blur, recipe.Solarize), Is.EqualTo((new[] { 0.05, 0.3 }, new[] { 0.5 }, new[] { 0.0 })));
    }

    [Test]
    public void Where_the_global_ones_are_not_blurred_neither_are_they() =>
        Assert.That(((ViewsInput)Build(s_options).Batch["local_views"]).Recipe.Blur, Is.EqualTo(new[] { 0.0 }));

    [Test]
    public void Without_them_there_is_no_such_input()
    {
        var program = Build(s_options with { LocalViews = new() });
        Assert.That(program.Batch.Keys, Is.EqualTo(new[] { "views" }));
        Assert.That(program.Stage("step").Inputs.Select(input => input.Value.Name), Has.None.EqualTo("local_views"));
    }

    [Test]
    public void A_local_view_as_large_as_the_image_is_refused() =>
        Assert.That(() => Build(s_options with { LocalViews = new() { Count = 1, Size = 32 } }), Throws.ArgumentException.With.Message.EqualTo(
            "local_views.size is 32 and image.size 32; expected less, for a small view shows a part of the image in fewer pixels. "
            + "Set local_views.size=0 for 3/7 of the image's, or local_views.count=0 to do without."));

    private static SwavOptions At(int size) => s_options with { Image = new() { Size = size }, Views = new() { Size = size } };

    private static TrainingProgram Build(SwavOptions options) => MethodCatalog.BuiltIn.Get("swav").Build(options);
}
