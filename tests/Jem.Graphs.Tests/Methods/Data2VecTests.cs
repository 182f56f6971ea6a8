using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class Data2VecTests() : ReplayFixture("data2vec_replay", "data2vec", s_options)
{
    private static readonly Data2VecOptions s_options = Tiny(new Data2VecOptions(), views: 1) with
    {
        Backbone = new BackboneOptions { Name = "vit_tiny", Width = 16, Depth = 3, Patch = 4, Pool = "mean" },
        TopBlocks = 2,
        Beta = 0.5,
    };

    [Test]
    public void The_mask_is_drawn_over_the_grid_of_patches() => Assert.That(
        Build(s_options with { Image = new() { Size = 32 }, Views = new() { Size = 32, Count = 1 } }).Batch["mask"],
        Is.EqualTo(new BlockMaskInput(Grid: 8, Ratio: 0.6, LeastBlock: 5, Aspect: 0.3)));

    [Test]
    public void The_encoder_gives_the_mean_of_the_patches() =>
        Assert.That(Program.Stage("encoder").Outputs.Single().Value.Producer!.Op, Is.EqualTo("ReduceMean"));

    [Test]
    public void A_backbone_without_tokens_is_refused() => Refused(
        s_options with { Backbone = new() { Name = "resnet18" } },
        "backbone.name is 'resnet18', which has no tokens; expected a vision transformer: vit_tiny, vit_small.");

    [Test]
    public void More_blocks_than_there_are_are_refused() => Refused(
        s_options with { TopBlocks = 4 },
        "top_blocks is 4, but the backbone has 3 blocks. Set top_blocks=1 or backbone.depth=4.");

    [TestCase(0.02)]
    [TestCase(0.99)]
    public void A_mask_of_nothing_or_everything_is_refused(double ratio) => Refused(
        s_options with { Mask = new() { Ratio = ratio } },
        $"mask.ratio {ratio} of 9 patches hides none or all of them. Take another ratio, smaller patches (backbone.patch) or larger images.");

    [Test]
    public void A_second_view_is_refused() => Refused(
        s_options with { Views = s_options.Views with { Count = 2 } },
        "views.count is 2; this method compares exactly 1 view of an image. Set views.count=1.");

    private static TrainingProgram Build(Data2VecOptions options) => MethodCatalog.BuiltIn.Get("data2vec").Build(options);

    private static void Refused(Data2VecOptions options, string complaint) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(complaint));
}
