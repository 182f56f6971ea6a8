using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Backbones;

public class VisionTransformerTests
{
    private static readonly Oracle s_oracle = new("vision_transformer");

    [TestCase(8, 2, 4, 16, 16)]
    [TestCase(8, 2, 4, 16, 8)]
    [TestCase(8, 2, 4, 16, 28)]
    [TestCase(128, 1, 4, 8, 8)]
    [TestCase(6, 1, 16, 96, 96)]
    public void Representations_and_gradients_are_PyTorchs(int width, int depth, int patch, int side, int given) => Recorded.Compare(
        Recorded.Gradients(new() { Name = "vit_tiny", Width = width, Depth = depth, Patch = patch }, side, given), s_oracle,
            $"{width} {depth} {patch} {side} {given} ");

    [Test]
    public void Tokens_under_a_mask_are_PyTorchs()
    {
        var net = new Net(new Graph("transformer"), training: true);
        var images = net.Graph.Input("image", DType.Float, [2, 3, 16, 16]);
        var mask = net.Graph.Input("mask", DType.Float, [2, 16]);
        var tokens = BackboneCatalog.BuiltIn.Tokens(net, images, new() { Name = "vit_tiny", Width = 8, Depth = 2 }, 16, mask);
        foreach (var (i, block) in tokens.Blocks.Index())
        {
            net.Graph.Output($"blocks.{i}", Op.Identity(block));
        }

        net.Graph.Output("normed", Op.Identity(tokens.Normed));
        net.Graph.Prune();
        Recorded.Compare(net.Graph, s_oracle, "masked ", ("mask", s_oracle["masked mask"]));
    }

    [Test]
    public void The_encoder_takes_any_number_of_images([Values(1, 3)] int batch)
    {
        var net = new Net(new Graph("encoder"), training: false);
        var y = BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [Shape.AnyBatch, 3, 16, 16]),
            new() { Name = "vit_tiny", Width = 8, Depth = 2 });
        net.Graph.Output("embedding", y);
        using var runner = new GraphRunner(net.Graph);
        var images = Drawn.Of(new Graph("draw").Input("image", DType.Float, [2, 3, 16, 16]));
        var inputs = net.Parameters.ToDictionary(parameter => parameter.Name, Drawn.Of);
        inputs["image"] = [.. Enumerable.Range(0, batch).SelectMany(i => images.Chunk(images.Length / 2).ElementAt(i % 2))];
        double[] expected = [.. Enumerable.Range(0, batch).SelectMany(i => s_oracle["8 2 4 16 16 y"].Chunk(8).ElementAt(i % 2))];
        Relative.Agree("the embedding", runner.Run(inputs)["embedding"], expected, 1e-5);
    }

    [Test]
    public void Crops_of_two_sizes_share_one_network()
    {
        var net = new Net(new Graph("step"), training: true);
        var views = new[] { 16, 8 }.Select(side => net.Graph.Input($"views{side}", DType.Float, [2, 3, side, side]));
        var options = new BackboneOptions { Name = "vit_tiny", Width = 8, Depth = 1 };
        var outputs = net.Each(views, images => BackboneCatalog.BuiltIn.Build(net, images, options, side: 16));
        Assert.That(outputs.Select(y => y.Shape), Is.All.EqualTo(new long[] { 2, 8 }));
        Assert.That(net.Parameters.Single(parameter => parameter.Name == "pos_embed").Shape, Is.EqualTo(new long[] { 1, 17, 8 }));
    }

    [Test]
    public void Tokens_and_positions_have_no_weight_decay()
    {
        var net = new Net(new Graph("step"), training: true);
        BackboneCatalog.BuiltIn.Tokens(net, net.Graph.Input("image", DType.Float, [2, 3, 8, 8]), new() { Name = "vit_tiny", Depth = 1 }, 8,
            net.Graph.Input("mask", DType.Float, [2, 4]));
        Assert.That(
            net.Variables.Where(variable => !variable.Regularized).Select(variable => variable.Value.Name),
            Is.EquivalentTo(new[] { "cls_token", "pos_embed", "mask_token" }));
    }

    [TestCase(95, 5, 5)]
    [TestCase(32, 0, 4)]
    [TestCase(92, 0, 4)]
    [TestCase(96, 0, 16)]
    [TestCase(224, 0, 16)]
    [TestCase(224, 8, 8)]
    public void Patches_suit_the_image_unless_they_are_chosen(int side, int asked, int patch) =>
        Assert.That(BackboneCatalog.BuiltIn.Resolve(new() { Name = "vit_small", Patch = asked }, side).Patch, Is.EqualTo(patch));

    [Test]
    public void Patches_that_do_not_fill_the_image_are_refused() =>
        Assert.That(() => BackboneCatalog.BuiltIn.Resolve(new() { Name = "vit_tiny" }, 100), Throws.ArgumentException.With.Message.EqualTo(
            "Patches of 16 pixels (backbone.patch) do not fill images of 100×100. They fill sides of 96 and 112; "
            + "a side of 100 is filled by patches of 1, 2, 4, 5, 10, 20, 25, 50, 100."));

    [Test]
    public void Crops_that_patches_do_not_fill_are_refused()
    {
        var images = new Graph("step").Input("image", DType.Float, [2, 3, 14, 14]);
        Assert.That(() => BackboneCatalog.BuiltIn.Build(new Net(images.Graph, training: true), images, new() { Name = "vit_tiny", Patch = 16 }, side: 32),
            Throws.ArgumentException.With.Message.EqualTo(
            "Patches of 16 pixels (backbone.patch) do not fill images of 14×14. They fill sides of 16; a side of 14 is filled by patches of 1, 2, 7, 14."));
    }

    [Test]
    public void A_stem_is_refused() =>
        Assert.That(() => BackboneCatalog.BuiltIn.Resolve(new() { Name = "vit_tiny", Stem = "small" }, 32), Throws.ArgumentException.With.Message.EqualTo(
            "backbone.stem is 'small', but vit_tiny has no stem. Leave it at auto and set backbone.patch: small patches see small images better."));

    [Test]
    public void A_width_that_heads_do_not_divide_is_refused() =>
        Assert.That(() => BackboneCatalog.BuiltIn.Resolve(new() { Name = "vit_tiny", Width = 200 }, 32), Throws.ArgumentException.With.Message.EqualTo(
            "backbone.width is 200; vit_tiny has a head for each 64 channels, and 3 heads do not divide it. Take a multiple of 64, such as 192."));

    [Test]
    public void Tokens_of_a_network_without_them_are_refused()
    {
        var images = new Graph("step").Input("image", DType.Float, [2, 3, 32, 32]);
        Assert.That(() => BackboneCatalog.BuiltIn.Tokens(new Net(images.Graph, training: true), images, new(), 32),
            Throws.ArgumentException.With.Message.EqualTo(
            "backbone.name is 'resnet18', which has no tokens; expected a vision transformer: vit_tiny, vit_small."));
    }
}
