using Jem.Kernels.Cpu.Elementwise;

namespace Jem.Kernels.Tests;

public class ErrorFunctionTests
{
    // NIST's Digital Library of Mathematical Functions, table 7.23.1 and §7.2; odd in x.
    [TestCase(0f, 0.0)]
    [TestCase(0.1f, 0.1124629160)]
    [TestCase(0.5f, 0.5204998778)]
    [TestCase(1f, 0.8427007929)]
    [TestCase(1.5f, 0.9661051465)]
    [TestCase(2f, 0.9953222650)]
    [TestCase(3f, 0.9999779095)]
    [TestCase(4f, 0.9999999846)]
    [TestCase(100f, 1.0)]
    [TestCase(float.PositiveInfinity, 1.0)]
    public void Erf_is_that_of_the_table(float x, double erf)
    {
        // In whole vectors and behind them.
        float[] xs = [.. Enumerable.Repeat(x, 301), .. Enumerable.Repeat(-x, 301)], values = new float[xs.Length];
        ErrorFunction.Compute(xs, values);
        Assert.That(values[..301], Is.All.EqualTo(erf).Within(2e-7));
        Assert.That(values[301..], Is.All.EqualTo(-erf).Within(2e-7));
    }

    [Test]
    public void Not_a_number_stays_so()
    {
        float[] xs = [.. Enumerable.Repeat(float.NaN, 40)];
        ErrorFunction.Compute(xs, xs);
        Assert.That(xs, Is.All.NaN);
    }
}
