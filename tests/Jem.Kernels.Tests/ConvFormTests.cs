using Jem.Kernels.Cpu.Conv;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Tests;

/// <summary>All forms against the definition in double precision, by root mean squares: errors are not larger where a sum happens to be small.</summary>
public unsafe class ConvFormTests
{
    // Channels of part of a block, of many blocks and of several slabs; sides that tiles do not divide; padding of each side of its own.
    private static readonly ConvCase[] s_cases =
    [
        new(2, 16, 8, 8, 16, [3, 3], Pad: [1, 1, 1, 1]),
        new(3, 17, 7, 9, 13, [3, 3], Pad: [1, 1, 1, 1]),
        new(1, 1, 5, 5, 1, [3, 3]),
        new(2, 3, 3, 3, 5, [3, 3]),
        new(2, 20, 6, 11, 50, [3, 3], Pad: [0, 2, 1, 1]),
        new(2, 33, 4, 4, 19, [3, 3], Pad: [2, 2, 2, 2]),
        new(2, 24, 5, 6, 36, [3, 3], Pad: [1, 1, 1, 1], Group: 2),
        new(37, 16, 4, 4, 16, [3, 3], Pad: [1, 1, 1, 1]),
        new(70, 8, 9, 9, 24, [3, 3], Pad: [1, 1, 1, 1]),
        new(4, 320, 4, 4, 400, [3, 3], Pad: [1, 1, 1, 1]),
        new(1, 16, 61, 45, 16, [3, 3], Pad: [1, 1, 1, 1]),
    ];

    // Windows that only panels take.
    private static readonly ConvCase[] s_others =
    [
        new(2, 32, 9, 7, 32, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(3, 16, 8, 8, 48, [1, 1], [2, 2]),
        new(2, 20, 6, 5, 33, [1, 1]),
        new(1, 3, 23, 24, 16, [7, 7], [2, 2], [3, 3, 3, 3]),
        new(2, 24, 12, 10, 8, [3, 2], [1, 2], [0, 1, 2, 0], [2, 3]),
        new(2, 30, 9, 9, 12, [3, 3], [2, 1], [2, 2, 2, 2], [2, 2], 3),
        new(2, 24, 5, 6, 12, [2, 2], [3, 3], [1, 0, 0, 1], Group: 2),
        new(2, 16, 16, 16, 40, [4, 4], [4, 4]),
        new(1, 64, 4, 4, 96, [5, 5], [3, 3], [2, 2, 2, 2]),
        new(1, 16, 1, 9, 16, [1, 5], [1, 4], [0, 2, 0, 2]),
        new(33, 48, 2, 2, 16, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(2, 16, 1, 1, 16, [3, 3], [2, 2], [1, 1, 1, 1]),
        new(2, 16, 1, 3, 16, [3, 1], [2, 3], [1, 0, 1, 0]),
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from form in ConvForms.All
        from convolution in s_cases.Concat(s_others)
        where double.IsFinite(form.Cost(convolution.Window, Planes.Of((convolution.C, convolution.H, convolution.W), convolution.Group), Output(convolution)))
        select new TestCaseData(form.Name, convolution);

    private static Planes Output(ConvCase c) => Planes.Of((c.O, c.OutHeight, c.OutWidth), c.Group);

    [TestCaseSource(nameof(Cases))]
    public void Convolutions_and_their_gradients_are_those_of_the_definition(string name, ConvCase convolution)
    {
        var form = ConvForms.All.Single(form => form.Name == name);
        var (x, w, δy) = (convolution.Input(1), TestTensor.Normal(7, convolution.FilterShape), convolution.Gradient(3));
        double[] y = new double[δy.Values.Length], δx = new double[x.Values.Length], δw = new double[w.Values.Length];
        convolution.ForEachProduct((input, filter, output) =>
        {
            y[output] += (double)w.Values[filter] * x.Values[input];
            δx[input] += (double)w.Values[filter] * δy.Values[output];
            δw[filter] += (double)x.Values[input] * δy.Values[output];
        });

        // Lavin and Gray give no bound; these are twice what was measured (docs/performance.md).
        var bound = name.StartsWith("F(4", StringComparison.Ordinal) ? 6e-6 : 2e-6;
        Assert.Multiple(() =>
        {
            Assert.That(Error(Convolve(form, convolution, x, w, gradient: false), y), Is.LessThan(bound), "y");
            Assert.That(Error(Convolve(form, convolution, δy, w, gradient: true), δx), Is.LessThan(bound), "δx");
            Assert.That(Error(Weights(form, convolution, x, δy), δw), Is.LessThan(bound), "δw");
        });
    }

    [TestCaseSource(nameof(Cases))]
    public void Results_are_the_same_to_the_last_bit_in_any_order_of_tasks(string name, ConvCase convolution)
    {
        var form = ConvForms.All.Single(form => form.Name == name);
        var (x, w, δy) = (convolution.Input(1), TestTensor.Normal(7, convolution.FilterShape), convolution.Gradient(3));
        float[][] Compute(ParallelFor parallel) =>
        [
            Convolve(form, convolution, x, w, gradient: false, parallel),
            Convolve(form, convolution, δy, w, gradient: true, parallel),
            Weights(form, convolution, x, δy, parallel),
        ];
        var forwards = Compute(s_forwards);
        Assert.That(Compute((count, body) => { for (var i = count - 1; i >= 0; i--) { body(i); } }), Is.EqualTo(forwards));
        Assert.That(Compute((count, body) => Parallel.For(0, count, body)), Is.EqualTo(forwards));
    }

    // More cores have work as well.
    [TestCase(64, 32)]
    [TestCase(128, 16)]
    [TestCase(256, 8)]
    [TestCase(512, 4)]
    public void A_batch_of_128_has_sixteen_tasks_in_each_phase(int channels, int side)
    {
        var convolution = new ConvCase(128, channels, side, side, channels, [3, 3], Pad: [1, 1, 1, 1]);
        var counts = new List<int>();
        void Count(int count, Action<int> body) => counts.Add(count);
        var (x, w) = (TestTensor.Normal(1, convolution.N, channels, side, side), TestTensor.Normal(1, convolution.FilterShape));
        Convolve(ConvForms.All[0], convolution, x, w, gradient: false, Count);
        Weights(ConvForms.All[0], convolution, x, x, Count);
        Assert.That(counts, Is.All.GreaterThanOrEqualTo(channels == 64 ? 4 : 16), string.Join(' ', counts));
        TestContext.Out.WriteLine($"{convolution}: {string.Join(' ', counts)}");
    }

    [Test]
    public void The_form_that_takes_the_least_time_is_chosen()
    {
        static string? Name(ConvCase c) => ConvForms.Of(c.Window, (c.C, c.H, c.W), (c.O, c.OutHeight, c.OutWidth))?.Name;
        Assert.Multiple(() =>
        {
            Assert.That(Name(new(1, 64, 32, 32, 64, [3, 3], Pad: [1, 1, 1, 1])), Is.EqualTo("F(4×4, 3×3)"));
            Assert.That(Name(new(1, 64, 2, 2, 64, [3, 3], Pad: [1, 1, 1, 1])), Is.EqualTo("F(2×2, 3×3)"), "a tile of 4 would be empty for the most part");
            Assert.That(Name(new(1, 64, 32, 32, 64, [3, 3], [2, 2], [1, 1, 1, 1])), Is.EqualTo("panels"));
            Assert.That(Name(new(1, 64, 32, 32, 64, [1, 1])), Is.EqualTo("panels"));
            Assert.That(Name(new(1, 64, 32, 32, 64, [3, 3], Dilation: [2, 2])), Is.EqualTo("panels"));
            Assert.That(Name(new(1, 3, 32, 32, 64, [3, 3], Pad: [1, 1, 1, 1])), Is.Null, "three channels of sixteen");
            Assert.That(Name(new(1, 64, 32, 32, 64, [3, 3], Group: 64)), Is.Null);
        });
    }

    private static readonly ParallelFor s_forwards = (count, body) => { for (var i = 0; i < count; i++) { body(i); } };

    private static float[] Convolve(ConvForm form, ConvCase c, TestTensor from, TestTensor w, bool gradient, ParallelFor? parallel = null)
    {
        var (x, y) = ((c.C, c.H, c.W), (c.O, c.OutHeight, c.OutWidth));
        var result = new float[c.N * (gradient ? c.C * c.H * c.W : c.O * c.OutHeight * c.OutWidth)];
        fixed (float* source = from.Values, filters = w.Values, target = result)
        {
            form.Convolve(c.Window, c.N, gradient ? y : x, gradient ? x : y, source, filters, target, gradient, parallel ?? s_forwards);
        }

        return result;
    }

    private static float[] Weights(ConvForm form, ConvCase c, TestTensor x, TestTensor δy, ParallelFor? parallel = null)
    {
        var result = new float[c.FilterShape.Aggregate(1, (product, size) => product * size)];
        fixed (float* source = x.Values, gradient = δy.Values, target = result)
        {
            form.Weights(c.Window, c.N, (c.C, c.H, c.W), (c.O, c.OutHeight, c.OutWidth), source, gradient, target, parallel ?? s_forwards);
        }

        return result;
    }

    /// <summary>The root mean square of the differences by that of the values.</summary>
    private static double Error(float[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum() / expected.Sum(e => e * e));
}
