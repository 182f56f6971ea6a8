using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Nn;

public class InitTests
{
    [Test]
    public void Filters_are_normal_with_the_spread_of_their_fan_out()
    {
        var values = Init.KaimingFanOut([64, 32, 3, 3]).Draw([64, 32, 3, 3], "w", 0);
        Assert.That(values.Average(), Is.EqualTo(0).Within(0.002));
        Assert.That(Math.Sqrt(values.Average(value => value * value)), Is.EqualTo(Math.Sqrt(2.0 / (64 * 9))).Within(0.001));
    }

    [Test]
    public void Linear_layers_are_uniform_within_one_over_the_root_of_their_inputs()
    {
        var values = Init.LinearDefault(25).Draw([200, 25], "w", 0);
        Assert.That(values, Is.All.InRange(-0.2f, 0.2f));
        Assert.That(values.Average(value => value * value), Is.EqualTo(0.04 / 3).Within(0.001));
    }

    // The variance of a standard normal cut at ±a is 1 − 2a·φ(a)/(2Φ(a) − 1): 0.7737 at 2, and 0.2911 at 1.
    [TestCase(1, 0.7737)]
    [TestCase(2, 4 * 0.2911)]
    [TestCase(0.02, 0.0004)]
    public void A_truncated_normal_stays_within_two(double deviation, double variance)
    {
        var values = Init.TruncatedNormal(deviation).Draw([200, 200], "w", 0);
        Assert.That(values, Is.All.InRange(-2f, 2f));
        Assert.That(values.Average(value => (double)value * value), Is.EqualTo(variance).Within(0.02 * variance));
    }

    [Test]
    public void Constants_are_constant()
    {
        Assert.That(Init.Ones.Draw([3], "w", 0), Is.EqualTo(new[] { 1f, 1, 1 }));
        Assert.That(Init.Zeros.Draw([3], "w", 0), Is.EqualTo(new[] { 0f, 0, 0 }));
    }

    [Test]
    public void First_values_depend_on_seed_and_name_only()
    {
        var init = Init.LinearDefault(4);
        var values = init.Draw([4, 4], "a.weight", 1);
        Assert.That(init.Draw([4, 4], "a.weight", 1), Is.EqualTo(values));
        Assert.That(init.Draw([4, 4], "b.weight", 1), Is.Not.EqualTo(values));
        Assert.That(init.Draw([4, 4], "a.weight", 2), Is.Not.EqualTo(values));
    }
}
