using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class BarlowTwinsTests() : ReplayFixture("barlow_twins_replay", "barlow-twins", s_options)
{
    private static readonly BarlowTwinsOptions s_options = Tiny(new BarlowTwinsOptions
    {
        Lambda = 0.02,
        Scale = 0.01,
        Projector = new() { Layers = 3, Hidden = 24, Output = 16 },
    });

    // The authors' rates, of a loss without a factor.
    [Test]
    public void One_rate_and_a_factor_of_the_loss_are_the_two_rates_of_the_authors()
    {
        var options = new BarlowTwinsOptions();
        Assert.That(options.Optimizer.LearningRate, Is.EqualTo(0.2));
        Assert.That(options.Scale * options.Optimizer.LearningRate, Is.EqualTo(0.0048).Within(1e-12));
    }

    // A projector of zeros gives every image one embedding; one whose rows are equal gives every dimension the same.
    [TestCase(0, 0.01 * 16)]
    [TestCase(1, 0.01 * 0.02 * 16 * 15)]
    public void The_signs_of_collapse_are_the_losses_of_collapsed_networks(int sign, double loss)
    {
        Assert.That(Program.Collapse.Losses[sign].Value, Is.EqualTo(loss).Within(1e-12));
        var last = Oracle["initial.projector.6.weight"];
        double[] collapsed = [.. last.Select((_, i) => sign == 0 ? 0 : last[i % 24])];
        var view = Oracle["batch.views"][..(Images * 3 * Side * Side)];
        var outputs = FirstStep(Program, ("projector.6.weight", collapsed), ("views", [.. view, .. view]));
        Assert.That(outputs["loss"][0], Is.EqualTo(loss).Within(1e-3 * loss));
    }

    [TestCase(-1, 1, "lambda is -1; expected a number ≥ 0. Weight of the redundancy")]
    [TestCase(1, 0, "scale is 0; expected a number > 0. A factor")]
    public void Weights_out_of_range_are_refused(double lambda, double scale, string text) =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("barlow-twins").Build(s_options with { Lambda = lambda, Scale = scale }),
            Throws.ArgumentException.With.Message.StartsWith(text));

    [Test]
    public void An_embedding_of_one_dimension_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("barlow-twins").Build(s_options with { Projector = s_options.Projector with { Output = 1 } }),
            Throws.ArgumentException.With.Message.Contains(
            "at least 2 images and 2 dimensions; got λ 0.02, scale 0.01 and views [6,1] and [6,1]"));

    [Test]
    public void Another_number_of_views_is_refused() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("barlow-twins").Build(s_options with { Views = new() { Size = Side, Count = 1 } }),
            Throws.ArgumentException.With.Message.EqualTo(
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2."));
}
