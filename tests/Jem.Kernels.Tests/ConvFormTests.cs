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

    // Each channel by itself: large images and small ones, of which eight go at once; windows that see more padding than image.
    private static readonly ConvCase[] s_depthwise =
    [
        Depthwise(2, 16, 12, 12, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(1, 37, 33, 19, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(2, 20, 8, 16, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(1, 16, 21, 27, [5, 7], [2, 1], [0, 1, 3, 2]),
        Depthwise(9, 20, 4, 4, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(32, 16, 8, 8, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(35, 5, 2, 2, [7, 7], pad: [3, 3, 3, 3]),
        Depthwise(40, 16, 1, 1, [3, 3], pad: [1, 1, 1, 1]),
        Depthwise(3, 18, 7, 9, [1, 1]),
        Depthwise(2, 48, 13, 10, [3, 3], [2, 2], [1, 1, 1, 1]),
        Depthwise(11, 48, 6, 5, [3, 3], [2, 2], [1, 1, 1, 1]),
        Depthwise(2, 17, 20, 24, [3, 5], [3, 2], [0, 2, 1, 1], [2, 3]),
        Depthwise(9, 17, 5, 7, [5, 3], [1, 3], [4, 2, 3, 1], [2, 1]),
        Depthwise(1, 16, 30, 3, [11, 11], pad: [5, 5, 5, 5]),
        Depthwise(2, 16, 9, 9, [2, 2], [3, 3]),
        Depthwise(1, 16, 40, 40, [3, 3], [1, 1], [4, 4, 4, 4], [4, 4]),
    ];

    // As the first layer of an encoder.
    private static readonly ConvCase[] s_fewChannels =
    [
        new(2, 3, 32, 32, 64, [3, 3], Pad: [1, 1, 1, 1]),
        new(3, 3, 33, 47, 20, [7, 7], [2, 2], [3, 3, 3, 3]),
        new(2, 3, 16, 24, 32, [4, 4], [4, 4]),
        new(5, 1, 28, 28, 16, [3, 3], Pad: [1, 1, 1, 1]),
        new(1, 1, 1, 1, 1, [1, 1]),
        new(2, 15, 5, 70, 9, [3, 2], [1, 3], [0, 1, 2, 0], [2, 3]),
        new(2, 8, 9, 9, 12, [3, 3], [2, 1], [2, 2, 2, 2], [2, 2], 2),
        new(1, 3, 6, 600, 8, [5, 5], [3, 3], [2, 2, 2, 2]),
        new(1, 2, 11, 3, 24, [3, 3], [1, 1], [2, 2, 2, 2]),
    ];

    // Drawn by chance, the same at every run.
    private static IEnumerable<ConvCase> Drawn(int count)
    {
        var random = new Random(7);
        int From(int least, int most) => random.Next(least, most + 1);
        for (var i = 0; i < count;)
        {
            int[] kernel = [From(1, 7), From(1, 7)], stride = [From(1, 3), From(1, 3)], dilation = [From(1, 2), From(1, 2)];
            int[] pad = [From(0, 3), From(0, 3), From(0, 3), From(0, 3)];
            var (n, c, h, w) = (From(1, 20), From(1, 40), From(1, 20), From(1, 20));
            var isDepthwise = i % 2 == 0;
            var drawn = isDepthwise
                ? new ConvCase(n, c, h, w, c, kernel, stride, pad, dilation, c)
                : new ConvCase(n, From(1, 15), h, w, From(1, 40), kernel, stride, pad, dilation);
            if (drawn.Window.Height <= h + pad[0] + pad[2] && drawn.Window.Width <= w + pad[1] + pad[3])
            {
                i++;
                yield return drawn;
            }
        }
    }

    private static ConvCase Depthwise(int n, int c, int h, int w, int[] kernel, int[]? stride = null, int[]? pad = null, int[]? dilation = null) =>
        new(n, c, h, w, c, kernel, stride, pad, dilation, c);

    private static IEnumerable<TestCaseData> Cases() =>
        from bf16 in Bf16Factors.AreSupported ? new[] { false, true } : [false]
        from form in bf16 ? ConvForms.Bf16 : ConvForms.All
        from convolution in s_cases.Concat(s_others).Concat(s_depthwise).Concat(s_fewChannels).Concat(Drawn(60))
        where Takes(form, convolution, gradient: false) && (form.Name != "panels" || convolution.Group <= 4)
        where !bf16 || form is GroupForm and not FewChannelsForm
        select new TestCaseData(form.Name, convolution, bf16);

    private static ConvForm Named(string name, bool bf16) => (bf16 ? ConvForms.Bf16 : ConvForms.All).Single(form => form.Name == name);

    private static bool Takes(ConvForm form, ConvCase c, bool gradient)
    {
        var (x, y) = (Planes.Of((c.C, c.H, c.W), c.Group), Planes.Of((c.O, c.OutHeight, c.OutWidth), c.Group));
        return double.IsFinite(gradient ? form.Cost(c.Window, y, x, gradient) : form.Cost(c.Window, x, y, gradient));
    }

    [TestCaseSource(nameof(Cases))]
    public void Convolutions_and_their_gradients_are_those_of_the_definition(string name, ConvCase convolution, bool bf16)
    {
        var form = Named(name, bf16);
        var (x, w, δy) = (convolution.Input(1), TestTensor.Normal(7, convolution.FilterShape), convolution.Gradient(3));
        if (bf16)
        {
            // Numbers of bfloat16 already: what is left to round is what transforms make of them.
            Array.ForEach([x, w, δy], tensor => Bf16Tests.Round(tensor.Values));
        }

        double[] y = new double[δy.Values.Length], δx = new double[x.Values.Length], δw = new double[w.Values.Length];
        convolution.ForEachProduct((input, filter, output) =>
        {
            y[output] += (double)w.Values[filter] * x.Values[input];
            δx[input] += (double)w.Values[filter] * δy.Values[output];
            δw[filter] += (double)x.Values[input] * δy.Values[output];
        });

        // Lavin and Gray give no bound; these are twice what was measured (docs/performance.md).
        var bound = (name[..3], bf16) switch
        {
            ("F(4", false) => 6e-6,
            ("F(4", true) => 2e-2,
            ("F(2", true) => 6e-3,
            _ => 2e-6,
        };
        Assert.Multiple(() =>
        {
            Assert.That(Error(Convolve(form, convolution, x, w, gradient: false), y), Is.LessThan(bound), "y");
            if (Takes(form, convolution, gradient: true))
            {
                Assert.That(Error(Convolve(form, convolution, δy, w, gradient: true), δx), Is.LessThan(bound), "δx");
            }

            Assert.That(Error(Weights(form, convolution, x, δy), δw), Is.LessThan(bound), "δw");
        });
    }

    [TestCaseSource(nameof(Cases))]
    public void Results_are_the_same_to_the_last_bit_in_any_order_of_tasks(string name, ConvCase convolution, bool bf16)
    {
        var form = Named(name, bf16);
        var (x, w, δy) = (convolution.Input(1), TestTensor.Normal(7, convolution.FilterShape), convolution.Gradient(3));
        float[][] Compute(ParallelFor parallel) =>
        [
            Convolve(form, convolution, x, w, gradient: false, parallel),
            Takes(form, convolution, gradient: true) ? Convolve(form, convolution, δy, w, gradient: true, parallel) : [],
            Weights(form, convolution, x, δy, parallel),
        ];
        var forwards = Compute(OneThread.For);
        Assert.That(Compute((count, body) => { for (var i = count - 1; i >= 0; i--) { body(i); } }), Is.EqualTo(forwards));
        Assert.That(Compute((count, body) => Parallel.For(0, count, body)), Is.EqualTo(forwards));
    }

    // What rounding costs, factors and what transforms make of them: docs/performance.md has the figures.
    [TestCase("panels", 0.003)]
    [TestCase("F(2×2, 3×3)", 0.005)]
    [TestCase("F(4×4, 3×3)", 0.015)]
    public void Factors_of_bfloat16_err_by_their_rounding(string name, double bound)
    {
        if (!Bf16Factors.AreSupported)
        {
            Assert.Ignore("This processor has no AVX512_BF16.");
        }

        var convolution = new ConvCase(4, 64, 12, 12, 64, [3, 3], Pad: [1, 1, 1, 1]);
        var (x, w, δy) = (convolution.Input(1), TestTensor.Normal(7, convolution.FilterShape), convolution.Gradient(3));
        float[][] Compute(ConvForm form) =>
            [Convolve(form, convolution, x, w, gradient: false), Convolve(form, convolution, δy, w, gradient: true), Weights(form, convolution, x, δy)];
        var exact = Compute(Named("panels", bf16: false)).Select(values => Array.ConvertAll(values, value => (double)value));
        double[] errors = [.. Compute(Named(name, bf16: true)).Zip(exact, Error)];
        TestContext.Out.WriteLine($"{name}: {string.Join(' ', errors.Select(error => error.ToString("E2")))}");
        Assert.That(errors, Is.All.InRange(bound / 3, bound));
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

    [TestCase(96, 96, 32, 7, 3, 96)]
    [TestCase(768, 768, 4, 7, 3, 768)]
    [TestCase(16, 16, 4, 7, 3, 16)]
    [TestCase(3, 64, 32, 3, 1, 1)]
    [TestCase(3, 64, 96, 7, 3, 1)]
    public void A_batch_of_128_has_sixteen_tasks_for_each_channel_alone_and_for_few(int channels, int outputs, int side, int kernel, int pad, int groups)
    {
        var convolution = new ConvCase(128, channels, side, side, outputs, [kernel, kernel], Pad: [pad, pad, pad, pad], Group: groups);
        var form = ConvForms.Of(convolution.Window, (channels, side, side), (outputs, side, side))!;
        Assert.That(form.Name, Is.EqualTo(groups > 1 ? "depthwise" : "few channels"));
        var counts = new List<int>();
        void Count(int count, Action<int> body) => counts.Add(count);
        var (x, w) = (TestTensor.Normal(1, 1), TestTensor.Normal(1, 1));
        Convolve(form, convolution, x, w, gradient: false, Count);
        Assert.That(counts.Max(), Is.GreaterThanOrEqualTo(16));
        counts.Clear();
        Weights(form, convolution, x, x, Count);
        Assert.That(counts.Max(), Is.GreaterThanOrEqualTo(16));
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
            Assert.That(Name(new(1, 3, 32, 32, 64, [3, 3], Pad: [1, 1, 1, 1])), Is.EqualTo("few channels"));
            Assert.That(Name(new(1, 64, 32, 32, 64, [3, 3], Group: 64)), Is.EqualTo("depthwise"));
            Assert.That(Name(new(1, 5, 32, 32, 5, [3, 3], Group: 5)), Is.EqualTo("depthwise"));
            Assert.That(Name(new(1, 3, 32, 32, 2, [3, 3])), Is.Null, "two outputs of eight");
        });
    }

    private static float[] Convolve(ConvForm form, ConvCase c, TestTensor from, TestTensor w, bool gradient, ParallelFor? parallel = null)
    {
        var (x, y) = ((c.C, c.H, c.W), (c.O, c.OutHeight, c.OutWidth));
        var result = new float[c.N * (gradient ? c.C * c.H * c.W : c.O * c.OutHeight * c.OutWidth)];
        fixed (float* source = from.Values, filters = w.Values, target = result)
        {
            form.Convolve(c.Window, c.N, gradient ? y : x, gradient ? x : y, source, filters, null, target, gradient, parallel ?? OneThread.For);
        }

        return result;
    }

    private static float[] Weights(ConvForm form, ConvCase c, TestTensor x, TestTensor δy, ParallelFor? parallel = null)
    {
        var result = new float[c.FilterShape.Aggregate(1, (product, size) => product * size)];
        fixed (float* source = x.Values, gradient = δy.Values, target = result)
        {
            form.Weights(c.Window, c.N, (c.C, c.H, c.W), (c.O, c.OutHeight, c.OutWidth), source, gradient, target, parallel ?? OneThread.For);
        }

        return result;
    }

    /// <summary>The root mean square of the differences by that of the values.</summary>
    private static double Error(float[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum() / Math.Max(double.Epsilon, expected.Sum(e => e * e)));
}
