using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Backbones;

public class BackboneTests
{
    private static readonly Oracle s_oracle = new("backbones");

    [Test]
    public void Names_and_shapes_are_torchvisions([Values("resnet18", "resnet34", "resnet50")] string name)
    {
        var (net, _) = Build(new() { Name = name }, [1, 3, 224, 224]);
        var shapes = net.Variables.ToDictionary(variable => variable.Value.Name, variable => variable.Value.Shape.ToArray());
        Assert.That(shapes, Is.EquivalentTo(TorchvisionNames.Of(name)));
    }

    [Test]
    public void Every_backbone_is_compared() => Assert.That(BackboneTable.Names, Is.EquivalentTo(new[] { "resnet18", "resnet34", "resnet50" }));

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
        var inputs = net.Graph.Inputs.Select(input => Drawn(input.Value)).ToArray();
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
            "backbone.name is 'resnet-50'; expected resnet18, resnet34, resnet50. Did you mean 'resnet50'?"));

    [Test]
    public void An_unknown_stem_is_answered_with_the_nearest() =>
        Assert.That(() => Build(new() { Stem = "larg" }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.EqualTo(
            "backbone.stem is 'larg'; expected auto, small, large. Did you mean 'large'?"));

    [Test]
    public void A_width_below_one_is_refused() =>
        Assert.That(() => Build(new() { Width = 0 }, [2, 3, 32, 32]), Throws.ArgumentException.With.Message.StartsWith(
            "backbone.width is 0; expected a whole number ≥ 1. Channels"));

    private static (Net Net, Value Y) Build(BackboneOptions options, Shape images)
    {
        var net = new Net(new Graph("backbone"), training: false);
        return (net, BackboneTable.Build(net, net.Graph.Input("image", DType.Float, images), options));
    }

    /// <summary>The numbers that backbones.py draws for a tensor of this name.</summary>
    private static double[] Drawn(Value value)
    {
        var (centre, bound) = value switch
        {
            { Name: "image" } => (0, 2),
            { Shape: { Rank: 4 } filter } => (0, Math.Sqrt(6.0 / (filter[0] * filter[2] * filter[3]))),
            { Name: var name } => (name.EndsWith("weight") || name.EndsWith("running_var") ? 1 : 0, 0.5),
        };
        return Array.ConvertAll(new Init(InitKind.Uniform, bound).Draw(value.Shape, value.Name, seed: 1), element => element + (double)centre);
    }
}
