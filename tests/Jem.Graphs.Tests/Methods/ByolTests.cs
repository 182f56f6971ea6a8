using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class ByolTests() : ReplayFixture("byol_replay", "byol", s_options)
{
    private static readonly ByolOptions s_options = Tiny(new ByolOptions
    {
        Projector = new() { Layers = 2, Hidden = 24, Output = 16 },
        Predictor = new() { Layers = 2, Hidden = 20 },
    });

    [Test]
    public void The_teacher_is_backbone_and_projector_and_its_momentum_rises_to_one()
    {
        var teacher = Program.Variables.Select(variable => variable.Value.Name).Where(name => name.StartsWith("teacher.")).ToList();
        Assert.That(teacher, Has.Member("teacher.conv1.weight").And.Member("teacher.projector.0.weight").And.None.Contains("predictor"));
        Assert.That(Program.Schedules["ema_momentum"], Is.EqualTo(new CosineSchedule(0.996, 1)));
    }

    // The student's own first embedding, of a teacher that is the student: what is left is the distance of the two views.
    [Test]
    public void Without_a_predictor_the_loss_compares_embeddings()
    {
        var program = MethodCatalog.BuiltIn.Get("byol").Build(s_options with { Predictor = new() { Layers = 0 } });
        Assert.That(program.Variables.Select(variable => variable.Value.Name), Has.None.Contains("predictor"));
        var outputs = FirstStep(program);
        var (first, second) = (outputs["embedding"][..(Images * 16)].Chunk(16), outputs["embedding"][(Images * 16)..].Chunk(16));
        var expected = 2 * first.Zip(second, (a, b) => 2 - (2 * Relative.Cosine(a, b))).Average();
        Assert.That(outputs["loss"][0], Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Large_images_have_one_view_blurred_and_one_solarized()
    {
        var (large, small) = (new ByolOptions().ViewsFor(224, 3), new ByolOptions().ViewsFor(32, 3));
        Assert.That((large.Blur, large.Solarize, large.CropScale, large.Saturation), Is.EqualTo((new[] { 1, 0.1 }, new[] { 0, 0.2 }, new[] { 0.08, 1 }, 0.2)));
        Assert.That((small.Blur, small.Solarize, small.CropScale), Is.EqualTo((new[] { 0.0 }, new[] { 0.0 }, new[] { 0.2, 1 })));
    }

    [TestCase(-0.1, "ema.momentum is -0.1; expected a number in [0, 1]. The share of the teacher")]
    [TestCase(99.6, "ema.momentum is 99.6; expected a number in [0, 1]; for 99.6 per cent write 0.996. The share of the teacher")]
    public void A_momentum_outside_its_range_is_refused(double momentum, string text) =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("byol").Build(s_options with { Ema = new() { Momentum = momentum } }),
            Throws.ArgumentException.With.Message.StartsWith(text));

    [TestCase(1)]
    [TestCase(3)]
    public void Another_number_of_views_is_refused(int count) =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("byol").Build(s_options with { Views = new() { Size = Side, Count = count } }),
            Throws.ArgumentException.With.Message.EqualTo(
            $"views.count is {count}; this method compares exactly 2 views of an image. Set views.count=2."));
}
