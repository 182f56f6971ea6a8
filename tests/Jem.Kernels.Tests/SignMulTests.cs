namespace Jem.Kernels.Tests;

public class SignMulTests
{
    private static readonly FunctionModel s_model =
        new FunctionModel("SignMul_1", ["x", "y"], ["z"], []).Body("Sign", ["x"], "sign").Body("Mul", ["y", "sign"], "z");

    [TestCase(1)]
    [TestCase(37)]
    [TestCase(40_001)]
    public void The_kernel_gives_the_body_s_bits(int count)
    {
        // Rounded, so that there are zeros of both signs.
        var noise = TestTensor.Normal(1, count, 1);
        var x = new TestTensor(Array.ConvertAll(noise.Values, MathF.Round), count, 1);
        var y = TestTensor.Normal(2, count, 1);
        Assert.That(
            Array.ConvertAll(s_model.Run(true, x, y)[0].Values, BitConverter.SingleToInt32Bits),
            Is.EqualTo(Array.ConvertAll(s_model.Run(false, x, y)[0].Values, BitConverter.SingleToInt32Bits)));
    }

    [Test]
    public void Two_shapes_are_refused() => Assert.That(
        () => s_model.Run(true, TestTensor.Normal(1, 2, 3), TestTensor.Normal(1, 3)),
        Throws.Exception.With.Message.Contains("Inputs 'x' and 'y' must have one shape; got [2,3] and [3]."));
}
