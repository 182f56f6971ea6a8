using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class SimClrTests() : ReplayFixture("simclr_replay", "simclr", s_options)
{
    private const int Dimension = 16;

    private static readonly SimClrOptions s_options = Tiny(new SimClrOptions { Projector = new() { Hidden = 24, Output = 16 } });

    [Test]
    public void The_encoder_embeds_as_PyTorchs_backbone_in_eval_mode([Values(1, 2 * Images)] int batch) =>
        Relative.Agree("the embedding", Infer("encoder", "embedding", batch), Oracle["encoded"][..(batch * Dimension)], Tolerance);

    [Test]
    public void Its_optimizer_is_the_papers()
    {
        var optimizer = new SimClrOptions().Optimizer;
        Assert.That((optimizer.Name, optimizer.LearningRate, optimizer.WeightDecay, optimizer.WarmupEpochs), Is.EqualTo(("lars", 0.3, 1e-6, 10)));
    }

    [Test]
    public void Another_number_of_views_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("simclr").Build(s_options with { Views = new() { Size = Side, Count = 1 } }),
            Throws.ArgumentException.With.Message.EqualTo(
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2."));
}
