using static Jem.Kernels.Tests.Closeness;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

public class ConvGradInputTests
{
    [TestCaseSource(typeof(ConvCase), nameof(ConvCase.All))]
    public void The_kernel_agrees_with_the_body_and_with_doubles(ConvCase convolution)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            var (δy, w) = (convolution.Gradient(seed), TestTensor.Normal(seed + 7, convolution.FilterShape));
            var expected = new double[convolution.N * convolution.C * convolution.H * convolution.W];
            convolution.ForEachProduct((input, filter, output) => expected[input] += (double)w.Values[filter] * δy.Values[output]);
            foreach (var kernels in new[] { true, false })
            {
                var δx = Model(convolution).Run(kernels, δy, w)[0];
                Assert.That(δx.Shape, Is.EqualTo(new[] { convolution.N, convolution.C, convolution.H, convolution.W }));
                AssertClose(δx, expected, 1e-5, $"kernels {kernels}");
            }
        }
    }

    [Test]
    public void A_filter_of_another_shape_is_refused()
    {
        var convolution = new ConvCase(2, 3, 8, 8, 4, [3, 3]);
        Assert.That(
            () => Model(convolution).Run(true, convolution.Gradient(1), TestTensor.Normal(1, 4, 3, 5, 5)),
            Throws.Exception.With.Message.Contains("Input 'w' must have shape [4,C/group,3,3] for 'dy' [2,4,6,6] in 1 groups; got [4,3,5,5]."));
    }

    // A transposed convolution; what a stride leaves over at the end is padding of the output.
    private static FunctionModel Model(ConvCase convolution)
    {
        int Rest(int size, int outputs, int axis) => size + convolution.Pads[axis] + convolution.Pads[axis + 2]
            - ((outputs - 1) * convolution.Strides[axis]) - ((convolution.Kernel[axis] - 1) * convolution.Dilations[axis]) - 1;
        var rest = new[] { Rest(convolution.H, convolution.OutHeight, 0), Rest(convolution.W, convolution.OutWidth, 1) };
        return new FunctionModel("ConvGradInput_1", ["dy", "w"], ["dx"], [.. convolution.Attributes, Ints("input_shape", convolution.H, convolution.W)])
            .Body(
                "ConvTranspose", ["dy", "w"], "dx", Ints("strides", convolution.Strides), Ints("pads", convolution.Pads),
                Ints("dilations", convolution.Dilations), Ints("output_padding", rest), Int("group", convolution.Group));
    }
}
