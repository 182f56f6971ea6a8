using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class VicregTests() : ReplayFixture("vicreg_replay", "vicreg", s_options)
{
    private static readonly VicregOptions s_options = Tiny(new VicregOptions
    {
        Invariance = 2.5,
        Variance = 1.5,
        Covariance = 0.5,
        Expander = new() { Layers = 3, Hidden = 24, Output = 16 },
    });

    [TestCase(0, 25, 1)]
    [TestCase(25, 0, 1)]
    [TestCase(25, 25, 0)]
    public void A_term_can_be_left_out_and_is_reported_all_the_same(double invariance, double variance, double covariance)
    {
        var outputs = FirstStep(MethodCatalog.BuiltIn.Get("vicreg")
            .Build(s_options with { Invariance = invariance, Variance = variance, Covariance = covariance }));
        foreach (var term in new[] { "invariance", "variance", "covariance" })
        {
            Relative.Agree(term, outputs[term], Oracle[$"reported.{term}"][..1], Tolerance);
        }

        var expected = (invariance * outputs["invariance"][0]) + (variance * outputs["variance"][0]) + (covariance * outputs["covariance"][0]);
        Assert.That(outputs["loss"][0], Is.EqualTo(expected).Within(1e-5 * expected));
    }

    [Test]
    public void The_sign_of_collapse_is_the_loss_of_a_collapsed_network()
    {
        var sign = Program.Collapse.Losses.Single().Value;
        Assert.That(sign, Is.EqualTo(1.5 * 0.99).Within(1e-12));
        Assert.That(FirstStep(Program, ("expander.6.weight", new double[16 * 24]))["loss"][0], Is.EqualTo(sign).Within(1e-5));
    }

    [Test]
    public void Three_weights_of_zero_are_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("vicreg").Build(s_options with { Invariance = 0, Variance = 0, Covariance = 0 }),
            Throws.ArgumentException.With.Message.EqualTo(
            "invariance, variance and covariance are all 0, and so is the loss. Set one of them above 0; the paper has 25, 25 and 1."));

    [Test]
    public void A_negative_weight_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("vicreg").Build(s_options with { Variance = -1 }), Throws.ArgumentException.With.Message.StartsWith(
            "variance is -1; expected a number ≥ 0. Weight of the spread that each dimension lacks"));

    [Test]
    public void Another_number_of_views_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("vicreg").Build(s_options with { Views = new() { Size = Side, Count = 1 } }),
            Throws.ArgumentException.With.Message.EqualTo(
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2."));
}
