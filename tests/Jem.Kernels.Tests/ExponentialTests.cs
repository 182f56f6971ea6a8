using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Elementwise;

namespace Jem.Kernels.Tests;

public class ExponentialTests
{
    [Test]
    public void It_is_that_of_double_precision()
    {
        for (var x = -87f; x <= 88; x += 0.00731f)
        {
            Assert.That(Exponential.Of(Vector512.Create(x))[5], Is.EqualTo(Math.Exp(x)).Within(2e-7 * Math.Exp(x)), $"exp({x})");
        }
    }

    [TestCase(0f, 1f)]
    [TestCase(-0f, 1f)]
    [TestCase(-88f, 0f)]
    [TestCase(float.NegativeInfinity, 0f)]
    [TestCase(float.NaN, float.NaN)]
    public void Its_ends_are_those_of_the_function(float x, float y) => Assert.That(Exponential.Of(Vector512.Create(x))[3], Is.EqualTo(y));
}
