using Jem.Kernels.Cpu.Norm;
using static Jem.Kernels.Tests.Closeness;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

public class BatchNormTests
{
    private const float Epsilon = 1e-5f;

    private static readonly int[][] s_shapes = [[4, 3, 5, 7], [2, 16, 8, 8], [33, 5], [7, 70], [3, 9, 2, 2], [2, 4, 1, 33], [1, 1, 4, 4], [3, 2, 19]];

    [TestCaseSource(nameof(s_shapes))]
    public void The_training_kernel_agrees_with_the_body_and_with_doubles(int[] shape)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var (x, scale, bias) = (Shifted(seed, shape), TestTensor.Normal(seed + 10, shape[1]), TestTensor.Normal(seed + 20, shape[1]));
            var expected = BatchNormOracle.Forward(x, scale, bias, Epsilon);
            foreach (var kernels in new[] { true, false })
            {
                var actual = Training(shape).Run(kernels, x, scale, bias);
                AssertClose(actual[0], expected.Y, 2e-5, $"y, kernels {kernels}");
                AssertClose(actual[1], expected.Mean, 1e-6, $"mean, kernels {kernels}");
                AssertClose(actual[2], expected.Variance, 1e-5, $"variance, kernels {kernels}");
                Assert.That(actual.Select(tensor => tensor.Shape), Is.EqualTo(new[] { shape, [shape[1]], [shape[1]] }));
            }
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void The_gradient_kernel_agrees_with_the_body_and_with_doubles(int[] shape)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var (x, δy, scale) = (Shifted(seed, shape), TestTensor.Normal(seed + 10, shape), TestTensor.Normal(seed + 20, shape[1]));
            var moments = BatchNormOracle.Forward(x, scale, scale, Epsilon);
            var mean = new TestTensor(Array.ConvertAll(moments.Mean, value => (float)value), shape[1]);
            var variance = new TestTensor(Array.ConvertAll(moments.Variance, value => (float)value), shape[1]);
            var expected = BatchNormOracle.Backward(x, δy, scale, mean, variance, Epsilon);
            foreach (var kernels in new[] { true, false })
            {
                var actual = Gradient(shape).Run(kernels, x, δy, scale, mean, variance);
                AssertClose(actual[0], expected.Dx, 2e-5, $"dx, kernels {kernels}");
                AssertClose(actual[1], expected.Dscale, 2e-5, $"dscale, kernels {kernels}");
                AssertClose(actual[2], expected.Dbias, 2e-5, $"dbias, kernels {kernels}");
            }
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void A_norm_with_its_relu_is_both_by_their_definitions(int[] shape)
    {
        foreach (var skips in new[] { false, true })
        {
            var (x, scale, bias) = (Shifted(1, shape), TestTensor.Normal(10, shape[1]), TestTensor.Normal(20, shape[1]));
            var (skip, δz) = (TestTensor.Normal(30, shape), TestTensor.Normal(40, shape));
            var (y, mean, variance) = BatchNormOracle.Forward(x, scale, bias, Epsilon);
            double[] z = [.. y.Select((value, i) => Math.Max(0, value + (skips ? skip.Values[i] : 0)))];
            var actual = Relu(skips).Run(true, skips ? [x, scale, bias, skip] : [x, scale, bias]);
            AssertClose(actual[0], z, 2e-5, $"z, skips {skips}");
            AssertClose(actual[1], mean, 1e-6, "mean");
            AssertClose(actual[2], variance, 1e-5, "variance");

            var masked = new TestTensor([.. actual[0].Values.Select((value, i) => value > 0 ? δz.Values[i] : 0)], shape);
            var expected = BatchNormOracle.Backward(x, masked, scale, actual[1], actual[2], Epsilon);
            var gradient = ReluGradient(skips).Run(true, x, δz, scale, actual[1], actual[2], skips ? actual[0] : bias);
            AssertClose(gradient[0], expected.Dx, 2e-5, $"dx, skips {skips}");
            AssertClose(gradient[1], expected.Dscale, 2e-5, $"dscale, skips {skips}");
            AssertClose(gradient[2], expected.Dbias, 2e-5, $"dbias, skips {skips}");
            if (skips)
            {
                Assert.That(gradient[3].Values, Is.EqualTo(masked.Values), "dskip");
            }
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void The_gradient_of_a_sum_is_that_of_its_parts_added(int[] shape)
    {
        var (x, scale, z) = (Shifted(1, shape), TestTensor.Normal(10, shape[1]), TestTensor.Normal(30, shape));
        var (mean, variance) = (TestTensor.Normal(40, shape[1]), new TestTensor([.. Enumerable.Repeat(0.5f, shape[1])], shape[1]));
        var (one, other) = (TestTensor.Normal(50, shape), TestTensor.Normal(60, shape));
        var sum = new TestTensor([.. one.Values.Zip(other.Values, (a, b) => a + b)], shape);
        var expected = ReluGradient(skips: true).Run(true, x, sum, scale, mean, variance, z);
        var actual = new FunctionModel(
            BatchNormGrad.AddReluOfSum, ["x", "dz", "scale", "mean", "variance", "z", "dother"], ["dx", "dscale", "dbias", "dskip"],
            [Float("epsilon", Epsilon)]).Run(true, x, one, scale, mean, variance, z, other);
        Assert.That(actual.Select(tensor => tensor.Values), Is.EqualTo(expected.Select(tensor => tensor.Values)));
    }

    [Test]
    public void A_gradient_is_added_up_where_the_image_has_no_number()
    {
        var (x, δy, vector) = (TestTensor.Normal(1, 2, 3, 4, 5), TestTensor.Normal(2, 2, 3, 4, 5), TestTensor.Normal(3, 3));
        (x.Values[7], x.Values[25]) = (float.NaN, float.NegativeInfinity);
        var variance = new TestTensor([0.5f, 0.5f, 0.5f], 3);
        var δbias = Gradient(x.Shape).Run(true, x, δy, vector, vector, variance)[2].Values;
        for (var c = 0; c < 3; c++)
        {
            var sum = Enumerable.Range(0, 2).Sum(n => δy.Values.Skip(((n * 3) + c) * 20).Take(20).Sum(value => (double)value));
            Assert.That(δbias[c], Is.EqualTo(sum).Within(1e-5), $"channel {c}");
        }
    }

    [Test]
    public void A_mean_far_from_zero_does_not_cancel_the_variance()
    {
        var noise = TestTensor.Normal(1, 8, 2, 16, 16);
        var x = new TestTensor(Array.ConvertAll(noise.Values, value => 1000 + value), noise.Shape);
        var ones = new TestTensor([1, 1], 2);
        var expected = BatchNormOracle.Forward(x, ones, ones, Epsilon);
        AssertClose(Training(x.Shape).Run(true, x, ones, ones)[2], expected.Variance, 1e-6, "variance");
    }

    [Test]
    public void A_gradient_of_another_shape_is_refused_with_both_shapes()
    {
        var (x, δy, vector) = (TestTensor.Normal(1, 2, 3, 4, 4), TestTensor.Normal(1, 2, 3, 4, 5), TestTensor.Normal(1, 3));
        Assert.That(
            () => Gradient(x.Shape).Run(true, x, δy, vector, vector, vector),
            Throws.Exception.With.Message.Contains("jem.BatchNormGrad_1: Inputs 'x' and 'dy' must have one shape; got [2,3,4,4] and [2,3,4,5]."));
    }

    // Channels with means and scales of their own.
    private static TestTensor Shifted(ulong seed, int[] shape)
    {
        var x = TestTensor.Normal(seed, shape);
        var inner = shape[2..].Aggregate(1, (product, size) => product * size);
        for (var i = 0; i < x.Values.Length; i++)
        {
            var c = i / inner % shape[1];
            x.Values[i] = (x.Values[i] * (1 + (c % 3))) + (c % 5) - 2;
        }

        return x;
    }

    private static FunctionModel Training(int[] shape)
    {
        var axes = Axes(shape);
        return new FunctionModel("BatchNormTraining_1", ["x", "scale", "bias"], ["y", "mean", "variance"], [Float("epsilon", Epsilon)])
            .Constant("column", [shape[1], .. Enumerable.Repeat(1, shape.Length - 2)]).Constant("epsilon_", Epsilon)
            .Body("ReduceMean", ["x"], "m", Ints("axes", axes))
            .Body("Sub", ["x", "m"], "centred")
            .Body("Mul", ["centred", "centred"], "squares")
            .Body("ReduceMean", ["squares"], "v", Ints("axes", axes))
            .Body("Add", ["v", "epsilon_"], "v_")
            .Body("Sqrt", ["v_"], "deviation")
            .Body("Div", ["centred", "deviation"], "normal")
            .Body("Reshape", ["scale", "column"], "scale_").Body("Reshape", ["bias", "column"], "bias_")
            .Body("Mul", ["normal", "scale_"], "scaled")
            .Body("Add", ["scaled", "bias_"], "y")
            .Constant("axes", axes).Body("Squeeze", ["m", "axes"], "mean").Body("Squeeze", ["v", "axes"], "variance");
    }

    // Kernels without a body: passes over a program make their nodes.
    private static FunctionModel Relu(bool skips) => new FunctionModel(
        skips ? BatchNormTraining.AddRelu : BatchNormTraining.Relu, skips ? ["x", "scale", "bias", "skip"] : ["x", "scale", "bias"], ["z", "mean", "variance"],
        [Float("epsilon", Epsilon)]);

    private static FunctionModel ReluGradient(bool skips) => new FunctionModel(
        skips ? BatchNormGrad.AddRelu : BatchNormGrad.Relu, ["x", "dz", "scale", "mean", "variance", skips ? "z" : "bias"],
        skips ? ["dx", "dscale", "dbias", "dskip"] : ["dx", "dscale", "dbias"], [Float("epsilon", Epsilon)]);

    private static FunctionModel Gradient(int[] shape)
    {
        var axes = Axes(shape);
        return new FunctionModel(
                "BatchNormGrad_1", ["x", "dy", "scale", "mean", "variance"], ["dx", "dscale", "dbias"], [Float("epsilon", Epsilon)])
            .Constant("column", [shape[1], .. Enumerable.Repeat(1, shape.Length - 2)]).Constant("epsilon_", Epsilon)
            .Body("Reshape", ["mean", "column"], "m").Body("Reshape", ["variance", "column"], "v").Body("Reshape", ["scale", "column"], "s")
            .Body("Sub", ["x", "m"], "centred")
            .Body("Add", ["v", "epsilon_"], "v_").Body("Sqrt", ["v_"], "deviation")
            .Body("Div", ["centred", "deviation"], "normal")
            .Body("Mul", ["normal", "dy"], "product")
            .Body("ReduceMean", ["dy"], "meanDy", Ints("axes", axes)).Body("ReduceMean", ["product"], "meanProduct", Ints("axes", axes))
            .Body("Mul", ["normal", "meanProduct"], "along")
            .Body("Sub", ["dy", "meanDy"], "d0").Body("Sub", ["d0", "along"], "d1")
            .Body("Div", ["s", "deviation"], "factor").Body("Mul", ["d1", "factor"], "dx")
            .Constant("axes", axes)
            .Body("ReduceSum", ["product", "axes"], "dscale", Int("keepdims", 0))
            .Body("ReduceSum", ["dy", "axes"], "dbias", Int("keepdims", 0));
    }

    private static int[] Axes(int[] shape) => [0, .. Enumerable.Range(2, shape.Length - 2)];
}
