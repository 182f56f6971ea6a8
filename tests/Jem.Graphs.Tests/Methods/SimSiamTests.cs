using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class SimSiamTests() : ReplayFixture("simsiam_replay", "simsiam", s_options)
{
    private static readonly SimSiamOptions s_options = Tiny(new SimSiamOptions
    {
        Projector = new() { Layers = 3, Hidden = 24, Output = 16 },
        Predictor = new() { Layers = 2, Hidden = 12 },
    });

    [Test]
    public void The_predictors_rate_stays_where_the_others_falls_to_zero()
    {
        var program = MethodCatalog.BuiltIn.Get("simsiam").Build(new SimSiamOptions { Batch = 512, Backbone = new() { Width = 2 } });
        Assert.That(program.Schedules["predictor_learning_rate"], Is.EqualTo(new CosineSchedule(0.1, 0.1)));
        Assert.That(program.Schedules["learning_rate"], Is.EqualTo(new CosineSchedule(0.1, 0)));
    }

    // Without it the gradient has a second way to the projector: the loss is the same and the first gradient is not.
    [Test]
    public void Without_stop_gradient_the_embedding_that_is_predicted_moves_too()
    {
        var (held, moving) = (FirstStep(Program), FirstStep(MethodCatalog.BuiltIn.Get("simsiam").Build(s_options with { StopGradient = false })));
        Assert.That(moving["loss"], Is.EqualTo(held["loss"]));
        const string Velocity = "optimizer.momentum.projector.6.weight.next", Predictor = "optimizer.momentum.predictor.3.weight.next";
        Assert.That(Relative.Error(moving[Velocity], held[Velocity]), Is.GreaterThan(0.1));
        Assert.That(Relative.Error(moving[Predictor], held[Predictor]), Is.LessThan(1e-5));
    }

    [Test]
    public void Without_a_predictor_nothing_has_a_rate_of_its_own()
    {
        var program = MethodCatalog.BuiltIn.Get("simsiam").Build(s_options with { Predictor = new() { Layers = 0 } });
        Assert.That(program.Stage("step").Inputs.Where(input => input.Role == Role.Scalar).Select(input => input.Value.Name),
            Is.EqualTo(new[] { "learning_rate" }));
        var outputs = FirstStep(program);
        var expected = -outputs["embedding"][..(Images * 16)].Chunk(16).Zip(outputs["embedding"][(Images * 16)..].Chunk(16), Relative.Cosine).Average();
        Assert.That(outputs["loss"][0], Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Crops_of_large_images_are_no_smaller_than_those_of_small_ones() =>
        Assert.That(new SimSiamOptions().ViewsFor(224, 3).CropScale, Is.EqualTo(new[] { 0.2, 1 }));

    [Test]
    public void Another_number_of_views_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("simsiam").Build(s_options with { Views = new() { Size = Side, Count = 1 } }),
            Throws.ArgumentException.With.Message.EqualTo(
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2."));

    [Test]
    public void A_projector_without_layers_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("simsiam").Build(s_options with { Projector = new() { Layers = 0 } }),
            Throws.ArgumentException.With.Message.EqualTo(
            "projector.layers is 0; expected a whole number ≥ 1. Linear layers, the last among them."));
}
