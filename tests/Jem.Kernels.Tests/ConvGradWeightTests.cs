using Jem.Kernels.Cpu.Conv;
using static Jem.Kernels.Tests.Closeness;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

public class ConvGradWeightTests
{
    [TestCaseSource(typeof(ConvCase), nameof(ConvCase.All))]
    public void The_kernel_agrees_with_the_body_and_with_doubles(ConvCase convolution)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            var (x, δy) = (convolution.Input(seed), convolution.Gradient(seed));
            var expected = new double[convolution.FilterShape.Aggregate(1, (product, size) => product * size)];
            convolution.ForEachProduct((input, filter, output) => expected[filter] += (double)x.Values[input] * δy.Values[output]);
            foreach (var kernels in new[] { true, false })
            {
                var δw = Model(convolution).Run(kernels, x, δy)[0];
                Assert.That(δw.Shape, Is.EqualTo(convolution.FilterShape));
                AssertClose(δw, expected, 1e-5, $"kernels {kernels}");
            }
        }
    }

    [Test]
    public unsafe void The_sum_is_the_same_to_the_last_bit_in_any_order_of_tasks([Values(0, 1, 5, 9)] int index)
    {
        var convolution = ConvCase.All[index];
        var (x, δy) = (convolution.Input(1), convolution.Gradient(1));
        float[] Compute(ParallelFor parallel)
        {
            var δw = new float[convolution.FilterShape.Aggregate(1, (product, size) => product * size)];
            fixed (float* xs = x.Values, dys = δy.Values, dws = δw)
            {
                ConvGradWeight.Compute(
                    convolution.Window, (convolution.N, convolution.C, convolution.H, convolution.W),
                    (convolution.O, convolution.OutHeight, convolution.OutWidth), xs, dys, dws, parallel);
            }

            return δw;
        }

        var forwards = Compute((count, body) => { for (var i = 0; i < count; i++) { body(i); } });
        var backwards = Compute((count, body) => { for (var i = count - 1; i >= 0; i--) { body(i); } });
        var threads = Compute((count, body) => Parallel.For(0, count, body));
        Assert.Multiple(() =>
        {
            Assert.That(backwards, Is.EqualTo(forwards));
            Assert.That(threads, Is.EqualTo(forwards));
        });
    }

    [Test]
    public void A_gradient_of_the_wrong_size_is_refused_with_the_expected_one()
    {
        var convolution = new ConvCase(2, 3, 8, 8, 4, [3, 3]);
        Assert.That(
            () => Model(convolution).Run(true, convolution.Input(1), TestTensor.Normal(1, 2, 4, 8, 8)),
            Throws.Exception.With.Message.Contains("Input 'dy' must be 6×6 for images of 8×8; got 8×8."));
    }

    // Per group: a convolution over the batch, images and channels swapped, strides and dilations swapped, cut to the filter.
    private static FunctionModel Model(ConvCase convolution)
    {
        var model = new FunctionModel("ConvGradWeight_1", ["x", "dy"], ["dw"], convolution.Attributes)
            .Constant("one", 1).Constant("zeros", 0, 0).Constant("space", 2, 3).Constant("kernel", convolution.Kernel);
        var (inputs, outputs) = (convolution.C / convolution.Group, convolution.O / convolution.Group);
        for (var g = 0; g < convolution.Group; g++)
        {
            model.Constant($"x{g}", g * inputs).Constant($"x{g}end", (g + 1) * inputs)
                .Constant($"y{g}", g * outputs).Constant($"y{g}end", (g + 1) * outputs)
                .Body("Slice", ["x", $"x{g}", $"x{g}end", "one"], $"xs{g}")
                .Body("Slice", ["dy", $"y{g}", $"y{g}end", "one"], $"ys{g}")
                .Body("Transpose", [$"xs{g}"], $"xt{g}", Ints("perm", 1, 0, 2, 3))
                .Body("Transpose", [$"ys{g}"], $"yt{g}", Ints("perm", 1, 0, 2, 3))
                .Body(
                    "Conv", [$"xt{g}", $"yt{g}"], $"wide{g}",
                    Ints("pads", convolution.Pads), Ints("strides", convolution.Dilations), Ints("dilations", convolution.Strides))
                .Body("Slice", [$"wide{g}", "zeros", "kernel", "space"], $"cut{g}")
                .Body("Transpose", [$"cut{g}"], $"dw{g}", Ints("perm", 1, 0, 2, 3));
        }

        return model.Body("Concat", [.. Enumerable.Range(0, convolution.Group).Select(g => $"dw{g}")], "dw", Int("axis", 0));
    }
}
