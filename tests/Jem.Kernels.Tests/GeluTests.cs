using Jem.Kernels.Cpu.Elementwise;

namespace Jem.Kernels.Tests;

public unsafe class GeluTests
{
    // Φ and φ by NIST's Digital Library of Mathematical Functions, §7.18 and table 7.23.1 at x/√2; PyTorch's gelu gives the same digits.
    [TestCase(0f, 0.0, 0.5)]
    [TestCase(1f, 0.8413447461, 1.0833154706)]
    [TestCase(-1f, -0.1586552539, -0.0833154706)]
    [TestCase(2f, 1.9544997361, 1.0852319547)]
    [TestCase(-3f, -0.0040496941, -0.0119456426)]
    [TestCase(10f, 10.0, 1.0)]
    [TestCase(-10f, 0.0, 0.0)]
    [TestCase(-1000f, 0.0, 0.0)]
    public void Gelu_and_its_gradient_are_those_of_the_normal_distribution(float x, double y, double slope)
    {
        // Whole vectors, and what is left behind them.
        float[] xs = [.. Enumerable.Repeat(x, 37)], gradients = [.. Enumerable.Repeat(2f, 37)], values = new float[37], slopes = new float[37];
        fixed (float* input = xs, gradient = gradients, value = values, result = slopes)
        {
            PointwiseKernel<Gelu>.Apply(37, input, input, value);
            PointwiseKernel<GeluGrad>.Apply(37, input, gradient, result);
        }

        Assert.That(values, Is.All.EqualTo(y).Within(3e-7 * Math.Max(1, Math.Abs(y))));
        Assert.That(slopes, Is.All.EqualTo(2 * slope).Within(1e-6));
    }

    [Test]
    public void Not_a_number_stays_so()
    {
        float[] xs = [.. Enumerable.Repeat(float.NaN, 20)];
        fixed (float* input = xs)
        {
            PointwiseKernel<Gelu>.Apply(20, input, input, input);
        }

        Assert.That(xs, Is.All.NaN);
    }
}
