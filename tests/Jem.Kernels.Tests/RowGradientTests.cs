using Jem.Kernels.Cpu.Norm;

namespace Jem.Kernels.Tests;

/// <summary>Gradients that are taken row by row, against their definitions in double precision.</summary>
public unsafe class RowGradientTests
{
    private static readonly (int Rows, int Width)[] s_shapes = [(1, 1), (1, 40), (3, 7), (65, 192), (1000, 33), (64, 16), (7, 1536)];

    [TestCaseSource(nameof(s_shapes))]
    public void Layer_norms_gradient_is_that_of_the_definition((int Rows, int Width) shape)
    {
        var (rows, width) = shape;
        const double Epsilon = 1e-5;
        var (x, δy, scale) = (TestTensor.Normal(1, rows, width).Values, TestTensor.Normal(2, rows, width).Values, TestTensor.Normal(3, width).Values);

        // A mean that is large beside the deviation, as residual streams have it.
        Array.ForEach([.. Enumerable.Range(0, x.Length)], i => x[i] += 5);
        double[] δx = new double[x.Length], δscale = new double[width], δbias = new double[width];
        for (var row = 0; row < rows; row++)
        {
            var own = x.Skip(row * width).Take(width).Select(value => (double)value).ToArray();
            var mean = own.Average();
            var deviation = Math.Sqrt(own.Average(value => (value - mean) * (value - mean)) + Epsilon);
            var normal = own.Select(value => (value - mean) / deviation).ToArray();
            var δ = normal.Select((_, i) => (double)δy[(row * width) + i] * scale[i]).ToArray();
            var (offset, slope) = (δ.Average(), δ.Zip(normal, (left, right) => left * right).Average());
            for (var i = 0; i < width; i++)
            {
                δx[(row * width) + i] = (δ[i] - offset - (normal[i] * slope)) / deviation;
                δscale[i] += δy[(row * width) + i] * normal[i];
                δbias[i] += δy[(row * width) + i];
            }
        }

        var (first, second, third) = LayerNorm(shape, x, δy, scale, OneThread.For);
        Assert.Multiple(() =>
        {
            Assert.That(Error(first, δx), Is.LessThan(2e-6), "δx");
            Assert.That(Error(second, δscale), Is.LessThan(2e-6), "δscale");
            Assert.That(Error(third, δbias), Is.LessThan(2e-6), "δbias");
            Assert.That(LayerNorm(shape, x, δy, scale, (count, body) => Parallel.For(0, count, body)), Is.EqualTo((first, second, third)), "in any order");
        });
    }

    [TestCaseSource(nameof(s_shapes))]
    public void Softmaxs_gradient_is_that_of_the_definition((int Rows, int Width) shape)
    {
        var (rows, width) = shape;
        var (logits, δy) = (TestTensor.Normal(1, rows, width).Values, TestTensor.Normal(2, rows, width).Values);
        float[] y = new float[logits.Length], δx = new float[logits.Length];
        var expected = new double[logits.Length];
        for (var row = 0; row < rows; row++)
        {
            var total = logits.Skip(row * width).Take(width).Sum(value => Math.Exp(value));
            double Y(int i) => y[(row * width) + i];
            for (var i = 0; i < width; i++)
            {
                y[(row * width) + i] = (float)(Math.Exp(logits[(row * width) + i]) / total);
            }

            var dot = Enumerable.Range(0, width).Sum(i => Y(i) * δy[(row * width) + i]);
            for (var i = 0; i < width; i++)
            {
                expected[(row * width) + i] = Y(i) * (δy[(row * width) + i] - dot);
            }
        }

        fixed (float* result = y, gradient = δy, target = δx)
        {
            SoftmaxGrad.Compute(rows, width, result, gradient, target, OneThread.For);
        }

        // Of one number a softmax is 1, and its gradient nothing but rounding.
        Assert.That(Error(δx, expected), Is.LessThan(1e-6).Or.NaN);
        Assert.That(δx.Zip(expected, (actual, wanted) => Math.Abs(actual - wanted)).Max(), Is.LessThan(1e-6));
    }

    private static (float[] First, float[] Second, float[] Third) LayerNorm(
        (int Rows, int Width) shape, float[] x, float[] δy, float[] scale, ParallelFor parallel)
    {
        float[] δx = new float[x.Length], δscale = new float[shape.Width], δbias = new float[shape.Width];
        fixed (float* a = x, b = δy, c = scale, first = δx, second = δscale, third = δbias)
        {
            LayerNormGrad.Compute(shape.Rows, shape.Width, a, b, c, 1e-5f, first, second, third, parallel);
        }

        return (δx, δscale, δbias);
    }

    // The root mean square of the errors by that of what is expected; where that is 0, the errors themselves.
    private static double Error(float[] actual, double[] expected)
    {
        var scale = Math.Sqrt(expected.Sum(value => value * value));
        return Math.Sqrt(actual.Zip(expected, (left, right) => (left - right) * (left - right)).Sum()) / (scale > 1e-12 ? scale : 1);
    }
}
