using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class SimClrTests() : ReplayFixture("simclr_replay", "simclr", s_options)
{
    private const int Dimension = 16;

    private static readonly SimClrOptions s_options = Tiny(new SimClrOptions { Projector = new() { Hidden = 24, Output = 16 } });

    [Test]
    public void The_encoder_embeds_as_PyTorchs_backbone_in_eval_mode([Values(1, 2 * Images)] int batch)
    {
        var encoder = Program.Stage("encoder");
        var (mean, std) = (s_options.Image.Mean, s_options.Image.Std);
        var inputs = encoder.Inputs.Skip(1).ToDictionary(input => input.Value.Name, input => Oracle[$"final.{input.Value.Name}"]);
        inputs["image"] = [.. Oracle["batch.views"].Take(batch * 3 * Side * Side).Select((pixel, i) =>
            ((pixel / 255) - mean[i / (Side * Side) % 3]) / std[i / (Side * Side) % 3])];
        using var runner = new GraphRunner(encoder);
        Relative.Agree("the embedding", runner.Run(inputs)["embedding"], Oracle["encoded"][..(batch * Dimension)], Tolerance);
    }

    [Test]
    public void Another_number_of_views_is_refused() =>
        Assert.That(() => MethodTable.Get("simclr").Build(s_options with { Views = new() { Size = Side, Count = 1 } }), Throws.ArgumentException.With.Message.EqualTo(
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2."));
}
