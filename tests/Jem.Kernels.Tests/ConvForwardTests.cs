using static Jem.Kernels.Tests.Closeness;

namespace Jem.Kernels.Tests;

public class ConvForwardTests
{
    private static IEnumerable<ConvCase> Unstrided => ConvCase.All.Where(convolution => convolution.Strides is [1, 1] && PaddingFits(convolution));

    [TestCaseSource(nameof(Unstrided))]
    public void The_kernel_agrees_with_the_body_and_with_doubles(ConvCase convolution)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            var (x, w) = (convolution.Input(seed), TestTensor.Normal(seed + 7, convolution.FilterShape));
            var expected = new double[convolution.N * convolution.O * convolution.OutHeight * convolution.OutWidth];
            convolution.ForEachProduct((input, filter, output) => expected[output] += (double)w.Values[filter] * x.Values[input]);
            foreach (var kernels in new[] { true, false })
            {
                var y = Model(convolution).Run(kernels, x, w)[0];
                Assert.That(y.Shape, Is.EqualTo(new[] { convolution.N, convolution.O, convolution.OutHeight, convolution.OutWidth }));
                AssertClose(y, expected, 1e-5, $"kernels {kernels}");
            }
        }
    }

    [TestCaseSource(nameof(Unstrided))]
    public void A_bias_is_added_in_every_form(ConvCase convolution)
    {
        var (x, w, b) = (convolution.Input(1), TestTensor.Normal(8, convolution.FilterShape), TestTensor.Normal(9, convolution.O));
        string[] inputs = ["x", "w", "b"];
        var model = new FunctionModel("ConvBias_1", inputs, ["y"], convolution.Attributes).Body("Conv", inputs, "y", convolution.Attributes);
        AssertClose(model.Run(true, x, w, b)[0], model.Run(false, x, w, b)[0].Doubles, 1e-5, "y");
    }

    [Test]
    public void A_bias_of_another_size_is_refused()
    {
        var convolution = new ConvCase(2, 6, 5, 5, 6, [3, 3], Group: 6);
        string[] inputs = ["x", "w", "b"];
        var model = new FunctionModel("ConvBias_1", inputs, ["y"], convolution.Attributes).Body("Conv", inputs, "y", convolution.Attributes);
        Assert.That(
            () => model.Run(true, convolution.Input(1), TestTensor.Normal(1, convolution.FilterShape), TestTensor.Normal(1, 5)),
            Throws.Exception.With.Message.Contains("Input 'b' must have shape [6]; got [5]."));
    }

    [Test]
    public void Dilated_filters_in_groups_agree_with_the_body()
    {
        var convolution = new ConvCase(2, 6, 9, 8, 4, [3, 2], Pad: [2, 1, 3, 0], Dilation: [2, 3], Group: 2);
        var (x, w) = (convolution.Input(1), TestTensor.Normal(2, convolution.FilterShape));
        AssertClose(Model(convolution).Run(true, x, w)[0], Model(convolution).Run(false, x, w)[0].Doubles, 1e-5, "y");
    }

    [Test]
    public void A_stride_and_a_filter_of_another_shape_are_refused()
    {
        var strided = new ConvCase(1, 3, 8, 8, 4, [3, 3], [2, 2]);
        Assert.That(
            () => Model(strided).Run(true, strided.Input(1), TestTensor.Normal(1, strided.FilterShape)),
            Throws.Exception.With.Message.Contains("This convolution has strides of 1; got 2 and 2."));
        var convolution = new ConvCase(2, 3, 8, 8, 4, [3, 3]);
        Assert.That(
            () => Model(convolution).Run(true, convolution.Input(1), TestTensor.Normal(1, 4, 2, 3, 3)),
            Throws.Exception.With.Message.Contains("Input 'w' must have shape [O,3/group,3,3] for 'x' [2,3,8,8] in 1 groups; got [4,2,3,3]."));
    }

    // Rotated, padding beyond the filter would be negative.
    private static bool PaddingFits(ConvCase convolution) =>
        convolution.Pads.Select((pad, i) => pad <= (convolution.Kernel[i % 2] - 1) * convolution.Dilations[i % 2]).All(fits => fits);

    private static FunctionModel Model(ConvCase convolution) =>
        new FunctionModel("Conv_1", ["x", "w"], ["y"], convolution.Attributes).Body("Conv", ["x", "w"], "y", convolution.Attributes);
}
