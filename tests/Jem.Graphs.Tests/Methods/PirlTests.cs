using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

/// <summary>By noise-contrastive estimation; patches are so small that little is left of them in the last stages.</summary>
public class PirlTests() : ReplayFixture("pirl_replay", "pirl", s_options)
{
    private static readonly PirlOptions s_options = Tiny(
        new PirlOptions { Image = new() { Count = 11 }, Dimension = 16, Temperature = 0.2, Negatives = 7, Jigsaw = new() { Weight = 0.4 } }, views: 1);

    [Test]
    public void Its_patches_are_of_a_view_of_their_own_that_shows_most_of_the_image()
    {
        var views = s_options.Views with { CropScale = [0.6, 1.0] };
        var patches = (JigsawInput)Program.Batch["patches"];
        Assert.That(patches with { Recipe = views }, Is.EqualTo(new JigsawInput(views, Grid: 3, Patch: 4, First: 1)));
        Assert.That((patches.Recipe.CropScale, patches.Recipe.Size, patches.Recipe.Hue), Is.EqualTo((views.CropScale, Side, views.Hue)));
        Assert.That(((ViewsInput)Program.Batch["views"]).First, Is.Zero);
    }

    // The paper cuts 255 pixels into cells of 85 and takes patches of 64.
    [TestCase(255, 3, 64)]
    [TestCase(224, 3, 56)]
    [TestCase(96, 3, 24)]
    [TestCase(32, 3, 8)]
    [TestCase(32, 2, 12)]
    [TestCase(13, 3, 4)]
    [TestCase(12, 3, 4)]
    public void Patches_are_three_quarters_of_their_cells(int size, int grid, int patch)
    {
        var options = s_options with
        {
            Image = s_options.Image with { Size = size },
            Views = s_options.Views with { Size = size },
            Jigsaw = new() { Grid = grid },
        };
        var program = Build(options with { Backbone = new() { Width = 2 } });
        Assert.That(((JigsawInput)program.Batch["patches"]).Patch, Is.EqualTo(patch));
        Assert.That(program.Stage("step").Inputs.Single(input => input.Value.Name == "patches").Value.Shape,
            Is.EqualTo(new long[] { grid * grid * Images, 3, patch, patch }));
    }

    [TestCase("vit_tiny", 0, 32, 8)]
    [TestCase("vit_tiny", 7, 28, 7)]
    [TestCase("vit_tiny", 0, 96, 32)]
    [TestCase("vit_tiny", 0, 224, 64)]
    [TestCase("convnext_tiny", 0, 64, 16)]
    public void Patches_are_of_a_size_that_the_backbone_takes(string backbone, int whole, int size, int patch)
    {
        var program = Build(On(backbone, size) with { Backbone = new() { Name = backbone, Width = 12, Patch = whole } });
        Assert.That(((JigsawInput)program.Batch["patches"]).Patch, Is.EqualTo(patch));
    }

    [Test]
    public void Patches_that_the_backbone_does_not_take_are_refused() => Assert.Multiple(() =>
    {
        Refused(On("vit_tiny", 32) with { Jigsaw = new() { Patch = 9 } },
            "jigsaw.patch is 9, which vit_tiny does not take here; the nearest that it takes is 8. Set jigsaw.patch=8, or 0 for a usual one.");
        Refused(On("convnext_tiny", 32), "3 patches of 16 pixels do not fit beside each other into an image of 32. Take larger images, or set jigsaw.grid=2.");
        Refused(On("convnext_tiny", 16), "3 patches of 16 pixels do not fit beside each other into an image of 16. Take larger images.");
    });

    [TestCase(3, 5, "3 patches of 5 pixels do not fit beside each other into an image of 12. Take larger images, or set jigsaw.patch=4 or jigsaw.grid=2.")]
    [TestCase(4, 0, "4 patches of 4 pixels do not fit beside each other into an image of 12. Take larger images, or set jigsaw.patch=3 or jigsaw.grid=3.")]
    public void Patches_larger_than_their_cells_are_refused(int grid, int patch, string message) =>
        Refused(s_options with { Jigsaw = new() { Grid = grid, Patch = patch } }, message);

    [Test]
    public void Settings_that_make_no_sense_are_refused() => Assert.Multiple(() =>
    {
        Refused(s_options with { Jigsaw = new() { Weight = 2 } }, "jigsaw.weight is 2; expected a number in [0, 1]; for 2 per cent write 0.02. "
            + "The weight of the jigsaw's loss; the whole view's has the rest.");
        Refused(s_options with { Jigsaw = new() { Grid = 1 } }, "jigsaw.grid is 1; expected a whole number ≥ 2. Cells along a side of the image. "
            + "A random patch is cut from each cell, and the patches are shuffled.");
        Refused(s_options with { Views = s_options.Views with { Count = 2 } }, "views.count is 2; this method compares exactly 1 view of an image. "
            + "Set views.count=1.");
    });

    private static PirlOptions On(string backbone, int size) => s_options with
    {
        Image = s_options.Image with { Size = size },
        Views = s_options.Views with { Size = size },
        Backbone = new() { Name = backbone, Width = 12 },
    };

    private static TrainingProgram Build(PirlOptions options) => MethodCatalog.BuiltIn.Get("pirl").Build(options);

    private static void Refused(PirlOptions options, string message) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(message));
}

/// <summary>By the softmax over all images.</summary>
public class SoftmaxPirlTests() : ReplayFixture("pirl_softmax_replay", "pirl", Tiny(
    new PirlOptions { Image = new() { Count = 11 }, Dimension = 16, Temperature = 0.2, Loss = "softmax", Jigsaw = new() { Weight = 0.4 } }, views: 1));
