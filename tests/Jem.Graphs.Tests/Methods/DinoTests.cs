using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class DinoTests() : ReplayFixture("dino_replay", "dino", s_options)
{
    private static readonly DinoOptions s_options = Tiny(new DinoOptions
    {
        Prototypes = 12,
        Projector = new() { Hidden = 24, Bottleneck = 8 },
        LocalViews = new() { Count = 2 },
    });

    [Test]
    public void Scores_of_images_are_those_of_PyTorchs_teacher_in_eval_mode([Values(1, 2 * Images)] int batch) =>
        Relative.Agree("the scores", Infer("assign", "scores", batch), Oracle["scores"][..(batch * s_options.Prototypes)], Tolerance);

    [Test]
    public void The_teachers_temperature_warms_up_and_stays() =>
        Assert.That(Program.Schedules["teacher_temperature"], Is.EqualTo(new CosineSchedule(0.07, 0.07, 30) { Start = 0.04, LongestWarmup = 0.3 }));

    [Test]
    public void The_last_layer_rests_at_first() =>
        Assert.That(Program.Schedules["last_layer_trains"], Is.EqualTo(new SwitchSchedule(1, Latest: 0.1)));

    [Test]
    public void The_teacher_sees_no_local_views()
    {
        var program = Build(s_options with { LocalViews = new() });
        Assert.That(program.Batch.Keys, Is.EqualTo(new[] { "views" }));
        Assert.That(program.Variables.Select(variable => variable.Value.Name), Is.EqualTo(Program.Variables.Select(variable => variable.Value.Name)));
    }

    [Test]
    public void A_projector_with_batch_norm_has_no_bias_that_is_lost_in_it()
    {
        var projector = Build(s_options with { Projector = s_options.Projector with { Norm = true } }).Variables
            .Select(variable => variable.Value.Name).Where(name => name.StartsWith("projector.") && name.EndsWith("bias"));
        Assert.That(projector, Is.EqualTo(new[] { "projector.1.bias", "projector.4.bias", "projector.6.bias" }));
    }

    [Test]
    public void A_temperature_of_zero_is_refused()
    {
        Refused(s_options with { StudentTemperature = 0 }, "student_temperature is 0; expected a number > 0. Temperature of the student.");
        Refused(s_options with { Teacher = new() { WarmupTemperature = 0 } }, "teacher.warmup_temperature is 0; expected a number > 0. "
            + "The teacher's temperature at the first step.");
    }

    [Test]
    public void A_momentum_above_1_is_refused()
    {
        Refused(s_options with { CenterMomentum = 1.5 },
            "center_momentum is 1.5; expected a number in [0, 1]; for 1.5 per cent write 0.015. The share of the centre that is kept at each step; "
            + "1 leaves it at zero, and training collapses to one output.");
        Refused(s_options with { Ema = new() { Momentum = -0.1 } },
            "ema.momentum is -0.1; expected a number in [0, 1]. The share of the teacher that is kept at each step, at the start of the run. "
            + "Short runs need less than the paper's.");
    }

    [Test]
    public void More_prototypes_than_images_are_refused() =>
        Refused(s_options with { Prototypes = 501, Image = s_options.Image with { Count = 500 } },
            "prototypes is 501, and there are 500 images: some prototypes could never get one. Set prototypes=50; three for each class, or more, will do.");

    [Test]
    public void Another_number_of_global_views_is_refused() =>
        Refused(s_options with { Views = s_options.Views with { Count = 3 } },
            "views.count is 3; this method compares exactly 2 views of an image. Set views.count=2.");

    private static TrainingProgram Build(DinoOptions options) => MethodCatalog.BuiltIn.Get("dino").Build(options);

    private static void Refused(DinoOptions options, string message) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(message));
}
