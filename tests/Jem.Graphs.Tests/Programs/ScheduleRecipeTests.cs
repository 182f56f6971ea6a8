using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Programs;

public class ScheduleRecipeTests
{
    private static readonly CosineSchedule s_recipe = new(Peak: 0.8, Final: 0.2) { LongestWarmup = 1 };

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
        Assert.That(Value(s_recipe with { WarmupEpochs = 2 }, step, steps: 13, stepsPerEpoch: 2), Is.EqualTo(expected).Within(1e-12));

    [TestCase(0, 0.8)]
    [TestCase(1, 0.5)]
    [TestCase(2, 0.2)]
    public void Without_warm_up_the_first_step_has_the_peak(long step, double expected) =>
        Assert.That(Value(s_recipe, step, steps: 3), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void A_run_of_one_step_has_the_peak() =>
        Assert.That(Value(s_recipe with { WarmupEpochs = 10, LongestWarmup = 0.1 }, 0, steps: 1), Is.EqualTo(0.8).Within(1e-12));

    [Test]
    public void A_warm_up_may_end_between_two_steps()
    {
        var values = Enumerable.Range(0, 20).Select(step => Value(s_recipe with { WarmupEpochs = 2.5 }, step, steps: 20)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(values.Max(), Is.LessThanOrEqualTo(0.8));
            Assert.That(values[0], Is.EqualTo(0.8 / 2.5).Within(1e-12));
            Assert.That(values[2], Is.EqualTo(0.8).Within(1e-12));
            Assert.That(values[^1], Is.EqualTo(0.2).Within(1e-12));
        });
    }

    [Test]
    public void A_warm_up_takes_no_more_of_a_short_run_than_its_share() =>
        Assert.That(Value(s_recipe with { WarmupEpochs = 10, LongestWarmup = 0.1 }, 1, steps: 20), Is.EqualTo(0.8).Within(1e-12));

    [Test]
    public void A_peak_that_equals_the_final_value_is_constant_after_the_warm_up() =>
        Assert.That(Enumerable.Range(0, 9).Select(step => Value(CosineSchedule.Constant(3), step, 9)), Is.All.EqualTo(3));

    // DINO's teacher temperature.
    [Test]
    public void A_warm_up_may_depart_from_above_zero()
    {
        var recipe = new CosineSchedule(0.07, 0.07, 4) { Start = 0.04 };
        Assert.That(Enumerable.Range(0, 6).Select(step => Value(recipe, step, steps: 100)), Is.EqualTo(new[] { 0.0475, 0.055, 0.0625, 0.07, 0.07, 0.07 })
            .Within(1e-12));
    }

    [TestCase(2, 5, new double[] { 0, 2, 4, 1, 3, 0 })]
    [TestCase(4, 4, new double[] { 0, 0, 0, 0, 0, 0 })]
    [TestCase(7, 3, new double[] { 0, 1, 2, 0, 1, 2 })]
    public void A_pointer_goes_round(long stride, long length, double[] expected) =>
        Assert.That(Enumerable.Range(0, 6).Select(step => Value(new PointerSchedule(stride, length), step, 6)), Is.EqualTo(expected));

    [Test]
    public void A_pointer_of_a_very_long_run_does_not_overflow() =>
        Assert.That(Value(new PointerSchedule(4096, 65535), long.MaxValue, 1), Is.EqualTo((double)((Int128)long.MaxValue * 4096 % 65535)));

    [TestCase(1.5, 1, 0, 3)]
    [TestCase(100, 1, 0, 10)]
    [TestCase(100, 0.2, 0, 2)]
    [TestCase(0, 1, 0, 0)]
    [TestCase(1.5, 1, 2, 3)]
    [TestCase(1.5, 1, 4, 4)]
    [TestCase(100, 0.2, 5, 5)]
    [TestCase(0, 1, 11, 10)]
    public void A_switch_turns_on_once(double fromEpoch, double latest, long afterSteps, int at) => Assert.That(
        Enumerable.Range(0, 10).Select(step => Value(new SwitchSchedule(fromEpoch, latest, afterSteps), step, 10, stepsPerEpoch: 2)),
        Is.EqualTo(Enumerable.Range(0, 10).Select(step => step >= at ? 1.0 : 0)));

    private static double Value(ScheduleRecipe recipe, long step, long steps, double stepsPerEpoch = 1) =>
        recipe.ValueAt(step, new RunLength(steps, stepsPerEpoch));
}
