using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

// Weights that differ by one part in 2²⁴, the rounding of float32, give embeddings at step 10 that differ by 4e-5 to 7e-4 (nine draws).
public class SwavTests() : ReplayFixture("swav_replay", "swav", s_options, late: 1e-3)
{
    private static readonly SwavOptions s_options = Tiny(new SwavOptions
    {
        Prototypes = 10,
        Projector = new() { Hidden = 24, Output = 8 },
        Queue = new() { Length = 16 },
        LocalViews = new() { Count = 2 },
    });

    [Test]
    public void Scores_of_images_are_PyTorchs_in_eval_mode([Values(1, 2 * Images)] int batch) =>
        Relative.Agree("the scores", Infer("assign", "scores", batch), Oracle["scores"][..(batch * s_options.Prototypes)], Tolerance);

    [Test]
    public void Prototypes_are_of_unit_length_and_rest_at_first()
    {
        var schedule = (SwitchSchedule)Program.Schedules["prototypes_trains"];
        Assert.That(schedule, Is.EqualTo(new SwitchSchedule(1, Latest: 0.1)));
        Assert.That(Last("prototypes.weight").Chunk(8).Select(row => row.Sum(element => element * element)), Is.All.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void The_ring_of_each_global_view_turns_by_a_batch_and_opens_at_its_epoch_once_it_is_full()
    {
        Assert.That(Program.Schedules["queue_pointer"], Is.EqualTo(new PointerSchedule(Images, 16)));
        Assert.That(Program.Schedules["queue_open"], Is.EqualTo(new SwitchSchedule(15, AfterSteps: 3)));
        Assert.That(Program.Variables.Select(variable => variable.Value.Name), Has.Some.EqualTo("queue.0").And.Some.EqualTo("queue.1"));
    }

    [Test]
    public void Without_a_queue_nothing_is_left_of_it()
    {
        var program = Build(s_options with { Queue = new() { Length = 0 } });
        Assert.That(program.Schedules.Keys.Concat(program.Variables.Select(variable => variable.Value.Name)), Has.None.StartsWith("queue"));
    }

    [Test]
    public void Without_iterations_a_code_is_a_softmax_and_there_is_no_queue()
    {
        var program = Build(s_options with { SinkhornIterations = 0 });
        Assert.That(program.Schedules.Keys.Concat(program.Variables.Select(variable => variable.Value.Name)), Has.None.StartsWith("queue"));
        Assert.That(program.Schedules.Keys, Has.Some.EqualTo("sinkhorn_epsilon"));
    }

    [Test]
    public void More_prototypes_than_images_are_refused() =>
        Refused(s_options with { Prototypes = 501, Image = s_options.Image with { Count = 500 } },
            "prototypes is 501, and there are 500 images: some prototypes could never get one. Set prototypes=50; three for each class, or more, will do.");

    [Test]
    public void More_prototypes_than_a_batch_can_share_are_refused() =>
        Refused(s_options with { Prototypes = 97, Queue = new() { Length = 0 } },
            "prototypes is 97, to be shared equally by 6 rows of batch and queue; expected at most 16 for each. "
            + "Set prototypes=96 or less, a larger batch, or queue.length=42.");

    [Test]
    public void A_temperature_of_zero_is_refused() =>
        Refused(s_options with { Temperature = 0 }, "temperature is 0; expected a number > 0. Temperature of the predictions.");

    [Test]
    public void An_epsilon_of_zero_is_refused() =>
        Refused(s_options with { SinkhornEpsilon = 0 }, "sinkhorn_epsilon is 0; expected a number > 0. Weight of the entropy in Sinkhorn's transport. "
            + "A small weight makes hard codes, a large one uniform codes.");

    [Test]
    public void Another_number_of_global_views_is_refused() =>
        Refused(s_options with { Views = s_options.Views with { Count = 1 } },
            "views.count is 1; this method compares exactly 2 views of an image. Set views.count=2.");

    private static TrainingProgram Build(SwavOptions options) => MethodCatalog.BuiltIn.Get("swav").Build(options);

    private static void Refused(SwavOptions options, string message) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(message));
}
