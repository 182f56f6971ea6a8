using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Backbones;

public class BackboneTests
{
    private static readonly Oracle s_oracle = new("backbones");

    private static IReadOnlyList<string> Names => BackboneCatalog.BuiltIn.Names;

    [Test]
    public void Names_and_shapes_are_those_of_torchvision_and_timm([ValueSource(nameof(Names))] string name)
    {
        var (net, _) = Build(new() { Name = name }, [1, 3, 224, 224]);
        var shapes = net.Variables.ToDictionary(variable => variable.Value.Name, variable => variable.Value.Shape.ToArray());
        Assert.That(shapes, Is.EquivalentTo(BackboneNames.Of(name)));
    }

    [TestCase("resnet18", 4, "small", 16)]
    [TestCase("resnet18", 6, "large", 33)]
    [TestCase("resnet34", 4, "small", 9)]
    [TestCase("resnet50", 4, "small", 16)]
    [TestCase("resnet50", 4, "large", 40)]
    public void Representations_are_PyTorchs(string name, int width, string stem, int side)
    {
        var (net, y) = Build(new() { Name = name, Width = width, Stem = stem }, [2, 3, side, side]);
        net.Graph.Output("y", y);
        using var runner = new GraphRunner(net.Graph);
        var inputs = net.Graph.Inputs.Select(input => Drawn.Of(input.Value)).ToArray();
        Relative.Agree("the representation", runner.Run(inputs)[0], s_oracle[$"{name} {width} {stem} {side}"], 1e-5);
    }

    [TestCase("resnet18", 64, 512)]
    [TestCase("resnet34", 16, 128)]
    [TestCase("resnet50", 64, 2048)]
    [TestCase("resnet50", 8, 256)]
    public void The_dimension_grows_with_the_width(string name, int width, int dimension) =>
        Assert.That(Build(new() { Name = name, Width = width }, [2, 3, 32, 32]).Y.Shape, Is.EqualTo(new long[] { 2, dimension }));

    [Test]
    public void Images_have_any_number_of_channels([Values(1, 3, 5)] int channels)
    {
        var (net, _) = Build(new() { Width = 8 }, [2, channels, 32, 32]);
        Assert.That(net.Parameters.First().Shape, Is.EqualTo(new long[] { 8, channels, 3, 3 }));
    }

    [TestCase("auto", 95, 3)]
    [TestCase("auto", 96, 7)]
    [TestCase("small", 224, 3)]
    [TestCase("large", 32, 7)]
    public void The_stem_suits_the_image_unless_it_is_chosen(string stem, int side, int kernel) =>
        Assert.That(Build(new() { Stem = stem }, [2, 3, side, side]).Net.Parameters.First().Shape[-1], Is.EqualTo(kernel));

    [Test]
    public void An_unknown_backbone_is_answered_with_the_nearest() =>
        Assert.That(() => Build(new() { Name = "resnet-50" }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.EqualTo(
            "backbone.name is 'resnet-50'; expected resnet18, resnet34, resnet50, vit_tiny, vit_small, convnext_tiny. Did you mean 'resnet50'?"));

    [Test]
    public void An_unknown_stem_is_answered_with_the_nearest() =>
        Assert.That(() => Build(new() { Stem = "larg" }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.EqualTo(
            "backbone.stem is 'larg'; expected auto, small, large. Did you mean 'large'?"));

    [Test]
    public void A_width_below_zero_is_refused() =>
        Assert.That(() => Build(new() { Width = -1 }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.StartsWith(
            "backbone.width is -1; expected a whole number in [0, 2048]. Channels"));

    [TestCase("resnet18", 64, 0, 0)]
    [TestCase("resnet50", 64, 0, 0)]
    [TestCase("vit_tiny", 192, 12, 4)]
    [TestCase("vit_small", 384, 12, 4)]
    [TestCase("convnext_tiny", 96, 0, 0)]
    public void What_is_left_at_zero_is_the_backbones_own(string name, int width, int depth, int patch)
    {
        var own = new BackboneOptions { Name = name, Width = width, Depth = depth, Patch = patch };
        Assert.That(BackboneCatalog.BuiltIn.Resolve(new() { Name = name }, 32), Is.EqualTo(own));
        Assert.That(BackboneCatalog.BuiltIn.Resolve(own, 32), Is.EqualTo(own));
    }

    [Test]
    public void A_program_says_the_real_width() =>
        Assert.That((int)MethodCatalog.BuiltIn.Get("simclr").Build(new SimClrOptions { Batch = 2 }).Options["backbone"]!["width"]!, Is.EqualTo(64));

    [Test]
    public void Crops_of_other_sizes_go_through_the_network_for_the_main_size()
    {
        var net = new Net(new Graph("backbone"), training: false);
        BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [2, 3, 32, 32]), new(), side: 96);
        Assert.That(net.Parameters.First().Shape, Is.EqualTo(new long[] { 64, 3, 7, 7 }));
    }

    [TestCase("resnet34", 6, 0, "depth is 6")]
    [TestCase("resnet34", 0, 4, "patch is 4")]
    public void What_only_transformers_have_is_refused(string name, int depth, int patch, string got) =>
        Assert.That(() => Build(new() { Name = name, Depth = depth, Patch = patch }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.EqualTo(
            $"backbone.{got}, which only vision transformers have; {name} takes 0. Leave it out, or take vit_tiny or vit_small."));

    private static (Net Net, Value Y) Build(BackboneOptions options, Shape images)
    {
        var net = new Net(new Graph("backbone"), training: false);
        return (net, BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, images), options));
    }
}
