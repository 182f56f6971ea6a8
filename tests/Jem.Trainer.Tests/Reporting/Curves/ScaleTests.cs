using Jem.Trainer.Reporting.Curves;

namespace Jem.Trainer.Tests.Reporting.Curves;

public class ScaleTests
{
    [TestCase(0, 1, 4, "0 0.5 1")]
    [TestCase(0, 300, 6, "0 50 100 150 200 250 300")]
    [TestCase(3.4, 6.9, 4, "4 5 6")]
    [TestCase(-1, 1, 4, "-1 -0.5 0 0.5 1")]
    [TestCase(5, 5, 4, "5")]
    public void Marks_are_round_numbers(double low, double high, int most, string expected) =>
        Assert.That(string.Join(' ', Ticks.Of(low, high, most)), Is.EqualTo(expected));

    [Test]
    public void Steps_have_whole_marks() => Assert.That(Ticks.Of(1, 3, 6, whole: true), Is.EqualTo(new[] { 1.0, 2, 3 }));

    [TestCase(0, "0")]
    [TestCase(3.418700695, "3.419")]
    [TestCase(1234.6, "1,235")]
    [TestCase(-0.25, "−0.25")]
    [TestCase(25_000, "25k")]
    [TestCase(1_500_000, "1.5M")]
    [TestCase(6.8119508e-6, "6.812e−6")]
    public void Numbers_are_short(double value, string expected) => Assert.That(NumberText.Of(value), Is.EqualTo(expected));

    [Test]
    public void Shares_are_in_per_cent() => Assert.That(NumberText.Of(0.8125, percent: true), Is.EqualTo("81.25\u2009%"));
}
