using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cuda.Compiled;
using Jem.Tests.Cuda;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests.Cuda;

/// <summary>Programs that are compiled for GPUs, with <see cref="CudaStandIn"/> in CUDA's place, against the same programs on the processor.</summary>
[Platform("Linux")]
public class CompiledElementwiseTests
{
    // Of x, y and a scalar s: (x − y)·s and −erf(y)/√(s + e^x), and on the way x − y.
    private static readonly int[] s_program =
    [
        .. Step(ElementwiseOp.Sub, 0, 1), .. Step(ElementwiseOp.Mul, 3, 2), .. Step(ElementwiseOp.Exp, 0, 0), .. Step(ElementwiseOp.Add, 2, 5),
        .. Step(ElementwiseOp.Sqrt, 6, 6), .. Step(ElementwiseOp.Erf, 1, 1), .. Step(ElementwiseOp.Neg, 8, 8), .. Step(ElementwiseOp.Div, 9, 7),
    ];

    // Threes are not whole quads, and more than a grid's threads take turns.
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(8)]
    [TestCase(4099)]
    [TestCase(300_001)]
    public void A_program_gives_what_it_gives_on_the_processor(int count)
    {
        var model = new FunctionModel(
            "Elementwise_3_3", ["x", "y", "s"], ["product", "quotient", "difference"],
            [Ints("program", s_program), Ints("results", 4, 10, 3), Int("inputs", 3)]);
        TestTensor[] inputs = [TestTensor.Normal(1, count), TestTensor.Normal(2, count), new([1.5f], count == 1 ? [1] : [])];
        var (expected, got) = (model.Run(true, inputs), model.RunBy(CudaStandIn.Rows(), inputs));
        foreach (var (left, right) in got.Zip(expected))
        {
            Assert.That(left.Shape, Is.EqualTo(right.Shape));
            Assert.That(left.Values, Is.EqualTo(right.Values).Within(1e-6));
        }

        Assert.That(got[2].Values, Is.EqualTo(expected[2].Values), "what rounds in one way only");
    }

    [Test]
    public void Minima_and_maxima_keep_what_is_not_a_number()
    {
        var model = new FunctionModel(
            "Elementwise_2_2", ["x", "y"], ["min", "max"],
            [Ints("program", [.. Step(ElementwiseOp.Min, 0, 1), .. Step(ElementwiseOp.Max, 0, 1)]), Ints("results", 2, 3), Int("inputs", 2)]);
        TestTensor[] inputs = [new([1, 3, float.NaN, 2, float.NegativeInfinity], 5), new([2, -3, 2, float.NaN, 0], 5)];
        foreach (var got in new[] { model.Run(true, inputs), model.RunBy(CudaStandIn.Rows(), inputs) })
        {
            Assert.That(got[0].Values, Is.EqualTo(new[] { 1, -3, float.NaN, float.NaN, float.NegativeInfinity }));
            Assert.That(got[1].Values, Is.EqualTo(new[] { 2, 3, float.NaN, float.NaN, 0 }));
        }
    }

    [Test]
    public void Another_shape_is_refused() => Assert.That(
        () => new FunctionModel("Elementwise_2_1", ["x", "y"], ["z"], [Ints("program", Step(ElementwiseOp.Add, 0, 1)), Ints("results", 2), Int("inputs", 2)])
            .RunBy(CudaStandIn.Rows(), TestTensor.Normal(1, 6), TestTensor.Normal(2, 3)),
        Throws.Exception.With.Message.Contains("Input 1 must have the shape of the others, or one element; got [3] beside [6]."));

    [Test]
    public void The_source_has_a_statement_for_each_step()
    {
        var source = CompiledElementwise.Source([false, true], [.. Step(ElementwiseOp.Mul, 0, 1), .. Step(ElementwiseOp.Neg, 2, 2)], [3]);
        Assert.That(source, Does.Contain("compute(float v0, float v1, float& v3)").And.Contain("float v2 = v0 * v1;").And.Contain("    v3 = -v2;"));
        Assert.That(source, Does.Contain("float v1 = *p.at[1];").And.Contain("compute(v0.x, v1, r2.x);").And.Contain("compute(p.at[0][i], v1, p.at[2][i]);"));
    }

    private static int[] Step(ElementwiseOp op, int left, int right) => [(int)op, left, right];
}
