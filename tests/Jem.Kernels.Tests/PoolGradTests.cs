using static Jem.Kernels.Tests.Closeness;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

public class PoolGradTests
{
    private const int Planes = PoolCase.Images * PoolCase.Channels;

    private static readonly PoolCase s_dilated = new(9, 8, [3, 2], [2, 1], [1, 1, 1, 1], [2, 3]);

    private static IEnumerable<PoolCase> WithDilation => [.. PoolCase.All, s_dilated];

    // ConvTranspose, which stands in for the gradient in a body, has no ceil_mode.
    private static IEnumerable<PoolCase> WithoutCeil => PoolCase.All.Where(pool => !pool.Ceil);

    [TestCaseSource(nameof(WithDilation))]
    public void The_first_maximum_of_each_window_takes_the_gradient(PoolCase pool)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            // Few different values, so that most windows have ties.
            var noise = TestTensor.Normal(seed, PoolCase.Images, PoolCase.Channels, pool.H, pool.W);
            var x = new TestTensor(Array.ConvertAll(noise.Values, MathF.Round), noise.Shape);
            var δy = pool.Gradient(seed);
            var expected = new double[x.Values.Length];
            ForEachOutput(pool, (plane, y, column, output) =>
            {
                var window = pool.Window(y, column).ToArray();
                if (window.Length > 0)
                {
                    expected[(plane * pool.H * pool.W) + window.MaxBy(at => x.Values[(plane * pool.H * pool.W) + at])] += δy.Values[output];
                }
            });

            var model = new FunctionModel("MaxPoolGrad_1", ["x", "dy"], ["dx"], [.. pool.Attributes, Ints("dilations", pool.Dilations)]);
            AssertClose(model.Body("Identity", ["x"], "dx").Run(true, x, δy)[0], expected, 1e-6, "dx");
        }
    }

    [TestCaseSource(nameof(WithDilation))]
    public void Each_window_shares_its_gradient_evenly(PoolCase pool)
    {
        foreach (var countPadding in new[] { false, true })
        {
            var δy = pool.Gradient(1);
            var expected = new double[Planes * pool.H * pool.W];
            ForEachOutput(pool, (plane, y, column, output) =>
            {
                var window = pool.Window(y, column).ToArray();
                var rows = Counted(pool, y, 0, pool.H);
                var columns = Counted(pool, column, 1, pool.W);
                foreach (var at in window)
                {
                    expected[(plane * pool.H * pool.W) + at] += (double)δy.Values[output] / (countPadding ? rows * columns : window.Length);
                }
            });

            var model = new FunctionModel("AveragePoolGrad_1", ["dy"], ["dx"],
            [
                .. pool.Attributes, Ints("dilations", pool.Dilations),
                Int("count_include_pad", countPadding ? 1 : 0), Ints("input_shape", pool.H, pool.W),
            ]);
            AssertClose(model.Body("Identity", ["dy"], "dx").Run(true, δy)[0], expected, 1e-6, $"dx, padding counted {countPadding}");
        }
    }

    [Test]
    public void A_window_of_nothing_finite_still_has_a_first_maximum_and_a_NaN_wins()
    {
        var x = new TestTensor([float.NegativeInfinity, float.NegativeInfinity, 1, float.NaN], 1, 1, 1, 4);
        var model = new FunctionModel("MaxPoolGrad_1", ["x", "dy"], ["dx"], [Ints("kernel_shape", 1, 2), Ints("strides", 1, 2)]);
        var δx = model.Body("Identity", ["x"], "dx").Run(true, x, new TestTensor([5, 7], 1, 1, 1, 2))[0];
        Assert.That(δx.Values, Is.EqualTo(new float[] { 5, 0, 0, 7 }));
    }

    [Test]
    public void Max_pooling_without_overlap_agrees_with_a_body_of_standard_operators()
    {
        // Windows of 2 × 2 side by side: the gradient goes where the input equals its window's maximum (no ties in normal noise).
        var (pool, x) = (PoolCase.All[0], TestTensor.Normal(5, PoolCase.Images, PoolCase.Channels, 8, 8));
        var model = new FunctionModel("MaxPoolGrad_1", ["x", "dy"], ["dx"], pool.Attributes)
            .Body("MaxPool", ["x"], "y", Ints("kernel_shape", 2, 2), Ints("strides", 2, 2))
            .Body("Constant", [], "scales", Floats("value_floats", 1, 1, 2, 2))
            .Body("Resize", ["y", "", "scales"], "wide", Text("mode", "nearest"))
            .Body("Resize", ["dy", "", "scales"], "wideDy", Text("mode", "nearest"))
            .Body("Equal", ["x", "wide"], "here").Body("Cast", ["here"], "mask", Int("to", 1)).Body("Mul", ["wideDy", "mask"], "dx");
        var δy = pool.Gradient(5);
        AssertClose(model.Run(true, x, δy)[0], model.Run(false, x, δy)[0].Doubles, 1e-6, "dx");
    }

    [TestCaseSource(nameof(WithoutCeil))]
    public void Average_pooling_agrees_with_a_body_of_standard_operators(PoolCase pool)
    {
        // The transposed convolution of δy with a window of ones, over the count of each window.
        var δy = pool.Gradient(3);
        int[] rest = [.. new[] { 0, 1 }.Select(axis =>
            (axis == 0 ? pool.H : pool.W) - (((axis == 0 ? pool.OutHeight : pool.OutWidth) - 1) * pool.Strides[axis]) - pool.Kernel[axis]
            + pool.Pads[axis] + pool.Pads[axis + 2])];
        var model = new FunctionModel(
                "AveragePoolGrad_1", ["dy"], ["dx"],
                [.. pool.Attributes, Int("count_include_pad", 1), Ints("input_shape", pool.H, pool.W)])
            .Constant("filterShape", PoolCase.Channels, 1, pool.Kernel[0], pool.Kernel[1]).Constant("share", 1f / (pool.Kernel[0] * pool.Kernel[1]))
            .Body("Expand", ["share", "filterShape"], "filter")
            .Body(
                "ConvTranspose", ["dy", "filter"], "dx", Ints("strides", pool.Strides), Ints("pads", pool.Pads),
                Ints("output_padding", rest), Int("group", PoolCase.Channels));
        AssertClose(model.Run(true, δy)[0], model.Run(false, δy)[0].Doubles, 1e-6, "dx");
    }

    // The rows or columns of a window that lie in the image or its padding.
    private static int Counted(PoolCase pool, int output, int axis, int size) => Enumerable.Range(0, pool.Kernel[axis])
        .Count(k => (output * pool.Strides[axis]) - pool.Pads[axis] + (k * pool.Dilations[axis]) < size + pool.Pads[axis + 2]);

    private static void ForEachOutput(PoolCase pool, Action<int, int, int, int> visit)
    {
        for (var i = 0; i < Planes * pool.OutHeight * pool.OutWidth; i++)
        {
            var (plane, rest) = Math.DivRem(i, pool.OutHeight * pool.OutWidth);
            visit(plane, rest / pool.OutWidth, rest % pool.OutWidth, i);
        }
    }
}
