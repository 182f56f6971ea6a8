using Jem.Graphs.Methods;
using Jem.Trainer.Training;

namespace Jem.Trainer.Tests.Training;

public class ScheduleTests
{
    private static readonly ScheduleRecipe s_recipe = new(Peak: 0.8, Final: 0.2, WarmupEpochs: 0);

    // Warm-up over 4 steps, then 9 steps of cosine: half-way at step 8, √½ of the way at its quarters.
    [TestCase(0, 0.2)]
    [TestCase(1, 0.4)]
    [TestCase(3, 0.8)]
    [TestCase(4, 0.8)]
    [TestCase(6, 0.5 + (0.3 * 0.70710678118654757))]
    [TestCase(8, 0.5)]
    [TestCase(10, 0.5 - (0.3 * 0.70710678118654757))]
    [TestCase(12, 0.2)]
    public void A_scalar_rises_over_the_warm_up_and_falls_along_half_a_cosine(long step, double expected) =>
        Assert.That(Schedule.Value(s_recipe, step, steps: 13, warmup: 4), Is.EqualTo(expected).Within(1e-12));

    [TestCase(0, 0.8)]
    [TestCase(1, 0.5)]
    [TestCase(2, 0.2)]
    public void Without_warm_up_the_first_step_has_the_peak(long step, double expected) =>
        Assert.That(Schedule.Value(s_recipe, step, steps: 3, warmup: 0), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void A_run_of_one_step_has_the_peak() =>
        Assert.That(Schedule.Value(s_recipe, 0, steps: 1, warmup: 0.1), Is.EqualTo(0.8).Within(1e-12));

    [Test]
    public void A_warm_up_may_end_between_two_steps()
    {
        var values = Enumerable.Range(0, 20).Select(step => Schedule.Value(s_recipe, step, steps: 20, warmup: 2.5)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(values.Max(), Is.LessThanOrEqualTo(0.8));
            Assert.That(values[0], Is.EqualTo(0.8 / 2.5).Within(1e-12));
            Assert.That(values[2], Is.EqualTo(0.8).Within(1e-12));
            Assert.That(values[^1], Is.EqualTo(0.2).Within(1e-12));
        });
    }

    [Test]
    public void A_peak_that_equals_the_final_value_is_constant_after_the_warm_up() =>
        Assert.That(Enumerable.Range(0, 9).Select(step => Schedule.Value(new ScheduleRecipe(3, 3, 0), step, 9, 0)), Is.All.EqualTo(3));
}
