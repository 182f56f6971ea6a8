using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Backbones;

public class ConvNeXtTests
{
    private static readonly Oracle s_oracle = new("convnext");

    [TestCase("small", 20)]
    [TestCase("small", 31)]
    [TestCase("large", 32)]
    public void Representations_and_gradients_are_torchvisions(string stem, int side) =>
        Recorded.Compare(Recorded.Gradients(new() { Name = "convnext_tiny", Width = 4, Stem = stem }, side, side), s_oracle, $"{stem} {side} ");

    [Test]
    public void The_encoder_takes_any_number_of_images([Values(1, 4)] int batch)
    {
        var net = new Net(new Graph("encoder"), training: false);
        net.Graph.Output("embedding", BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [Shape.AnyBatch, 3, 20, 20]),
            new() { Name = "convnext_tiny", Width = 4 }));
        using var runner = new GraphRunner(net.Graph);
        var images = Drawn.Of(new Graph("draw").Input("image", DType.Float, [2, 3, 20, 20]));
        var inputs = net.Parameters.ToDictionary(parameter => parameter.Name, Drawn.Of);
        inputs["image"] = [.. Enumerable.Range(0, batch).SelectMany(i => images.Chunk(images.Length / 2).ElementAt(i % 2))];
        double[] expected = [.. Enumerable.Range(0, batch).SelectMany(i => s_oracle["small 20 y"].Chunk(32).ElementAt(i % 2))];
        Relative.Agree("the embedding", runner.Run(inputs)["embedding"], expected, 1e-5);
    }

    [Test]
    public void The_scales_of_layers_have_no_weight_decay_and_begin_near_zero()
    {
        var net = new Net(new Graph("step"), training: true);
        BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [2, 3, 32, 32]), new() { Name = "convnext_tiny", Width = 4 });
        var scales = net.Variables.Where(variable => !variable.Regularized).ToList();
        Assert.That(scales.Select(scale => scale.Value.Name).ToList(), Has.Count.EqualTo(18).And.All.EndsWith("layer_scale"));
        Assert.That(scales.Select(scale => scale.Init), Is.All.EqualTo(new Init(InitKind.Constant, 1e-6)));
    }

    [TestCase("auto", 95, 2)]
    [TestCase("auto", 96, 4)]
    [TestCase("small", 96, 2)]
    [TestCase("large", 32, 4)]
    public void The_stem_suits_the_image_unless_it_is_chosen(string stem, int side, int patch)
    {
        var net = new Net(new Graph("step"), training: true);
        BackboneCatalog.BuiltIn.Build(net, net.Graph.Input("image", DType.Float, [2, 3, side, side]), new() { Name = "convnext_tiny", Width = 4, Stem = stem });
        Assert.That(net.Parameters.First().Shape[-1], Is.EqualTo(patch));
    }

    [TestCase("auto", 15, 16, "")]
    [TestCase("large", 24, 32, ", or of 16 with backbone.stem=small")]
    public void Images_that_would_be_halved_down_to_nothing_are_refused(string stem, int side, int least, string advice)
    {
        var images = new Graph("step").Input("image", DType.Float, [2, 3, side, side]);
        Assert.That(() => BackboneCatalog.BuiltIn.Build(new Net(images.Graph, training: true), images, new() { Name = "convnext_tiny", Stem = stem }),
            Throws.ArgumentException.With.Message.EqualTo(
            $"Images of {side}×{side} pixels are too small for convnext_tiny, which halves them down to nothing; it needs a side of {least} or more{advice}."));
    }
}
