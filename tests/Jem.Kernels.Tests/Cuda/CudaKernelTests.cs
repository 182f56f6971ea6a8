using Jem.Kernels.Cuda;
using Jem.Kernels.Cuda.Conv;
using Jem.Kernels.Cuda.Native;
using Jem.Tests.Cuda;
using Onnx;
using static Jem.Kernels.Tests.Closeness;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests.Cuda;

/// <summary>
/// The kernels for GPUs with <see cref="CudaStandIn"/> in CUDA's place. It shows that descriptors, algorithms, workspaces and arguments are as
/// the headers of CUDA 13 and cuDNN 9 ask; what a GPU makes of them is checked on one.
/// </summary>
[Platform("Linux")]
public class CudaKernelTests
{
    private const float Epsilon = 1e-5f;

    private static readonly int[][] s_shapes = [[4, 3, 5, 7], [2, 16, 8, 8], [33, 5], [3, 2, 19]];

    private static IEnumerable<ConvCase> Symmetric => ConvCase.All.Where(convolution => CudaRows.Serves(Row("ConvGradWeight"), Node(convolution)));

    [TestCaseSource(nameof(Symmetric))]
    public void Gradients_of_a_convolution_are_those_by_definition(ConvCase convolution)
    {
        var (x, δy, w) = (convolution.Input(1), convolution.Gradient(1), TestTensor.Normal(7, convolution.FilterShape));
        var (δw, δx) = (new double[w.Values.Length], new double[x.Values.Length]);
        convolution.ForEachProduct((input, filter, output) =>
        {
            δw[filter] += (double)x.Values[input] * δy.Values[output];
            δx[input] += (double)w.Values[filter] * δy.Values[output];
        });
        foreach (var deterministic in new[] { false, true })
        {
            var rows = CudaStandIn.Rows(deterministic);
            AssertClose(Model("ConvGradWeight", ["x", "dy"], ["dw"], convolution.Attributes).RunBy(rows, x, δy)[0], δw, 1e-6, "dw");
            var sized = Model("ConvGradInput", ["dy", "w"], ["dx"], [.. convolution.Attributes, Ints("input_shape", convolution.H, convolution.W)]);
            AssertClose(sized.RunBy(rows, δy, w)[0], δx, 1e-6, "dx");
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void Batch_norm_and_its_gradient_are_those_by_definition(int[] shape)
    {
        var (x, scale, bias) = (TestTensor.Normal(1, shape), TestTensor.Normal(10, shape[1]), TestTensor.Normal(20, shape[1]));
        var forward = BatchNormOracle.Forward(x, scale, bias, Epsilon);
        var rows = CudaStandIn.Rows();
        var made = Model("BatchNormTraining", ["x", "scale", "bias"], ["y", "mean", "variance"], [Float("epsilon", Epsilon)]).RunBy(rows, x, scale, bias);
        AssertClose(made[0], forward.Y, 1e-6, "y");
        AssertClose(made[1], forward.Mean, 1e-6, "mean");
        AssertClose(made[2], forward.Variance, 1e-6, "the biased variance");

        var δy = TestTensor.Normal(30, shape);
        var backward = BatchNormOracle.Backward(x, δy, scale, made[1], made[2], Epsilon);
        var gradients = Model("BatchNormGrad", ["x", "dy", "scale", "mean", "variance"], ["dx", "dscale", "dbias"], [Float("epsilon", Epsilon)])
            .RunBy(rows, x, δy, scale, made[1], made[2]);
        AssertClose(gradients[0], backward.Dx, 1e-5, "dx");
        AssertClose(gradients[1], backward.Dscale, 1e-5, "dscale");
        AssertClose(gradients[2], backward.Dbias, 1e-5, "dbias");
    }

    [TestCaseSource(typeof(PoolCase), nameof(PoolCase.All))]
    public void Gradients_of_pooling_and_ReLU_are_the_processor_s(PoolCase pool)
    {
        var (x, δy, rows) = (TestTensor.Normal(5, PoolCase.Images, PoolCase.Channels, pool.H, pool.W), pool.Gradient(5), CudaStandIn.Rows());
        var largest = Model("MaxPoolGrad", ["x", "dy"], ["dx"], pool.Attributes);
        Assert.That(largest.RunBy(rows, x, δy)[0].Values, Is.EqualTo(largest.Run(true, x, δy)[0].Values));
        var mean = Model("AveragePoolGrad", ["dy"], ["dx"], [.. pool.Attributes, Int("count_include_pad", 1), Ints("input_shape", pool.H, pool.W)]);
        Assert.That(mean.RunBy(rows, δy)[0].Values, Is.EqualTo(mean.Run(true, δy)[0].Values));
        var relu = Model("SignMul", ["x", "y"], ["product"], []);
        Assert.That(relu.RunBy(rows, x, x)[0].Values, Is.EqualTo(relu.Run(true, x, x)[0].Values));
    }

    [TestCase(1)]
    [TestCase(1003)]
    public void Gelu_and_its_gradient_are_the_processor_s(int count)
    {
        var (x, δy, rows) = (TestTensor.Normal(1, count), TestTensor.Normal(2, count), CudaStandIn.Rows());
        x = new(Array.ConvertAll(x.Values, value => 4 * value), count);
        var (gelu, gradient) = (Model("Gelu", ["x"], ["y"], []), Model("GeluGrad", ["x", "dy"], ["dx"], []));
        Assert.That(gelu.RunBy(rows, x)[0].Values, Is.EqualTo(gelu.Run(true, x)[0].Values).Within(1e-6));
        Assert.That(gradient.RunBy(rows, x, δy)[0].Values, Is.EqualTo(gradient.Run(true, x, δy)[0].Values).Within(1e-6));
    }

    // A row of one thread, of some, and of all of a block; a grid that ends within a block.
    [TestCase(1, 1)]
    [TestCase(65, 7)]
    [TestCase(37, 37)]
    [TestCase(70, 384)]
    [TestCase(3, 2500)]
    public void Gradients_of_rows_are_the_processor_s(int count, int width)
    {
        var (x, δy, scale, rows) = (TestTensor.Normal(1, count, width), TestTensor.Normal(2, count, width), TestTensor.Normal(3, width), CudaStandIn.Rows());
        var softmax = Model("SoftmaxGrad", ["y", "dy"], ["dx"], []);
        AssertClose(softmax.RunBy(rows, x, δy)[0], softmax.Run(true, x, δy)[0].Doubles, 1e-6, "of a softmax");
        var norm = Model("LayerNormGrad", ["x", "dy", "scale"], ["dx", "dscale", "dbias"], [Float("epsilon", Epsilon)]);
        TestTensor[] got = norm.RunBy(rows, x, δy, scale), expected = norm.Run(true, x, δy, scale);
        AssertClose(got[0], expected[0].Doubles, 2e-6, "of a layer norm");
        AssertClose(got[1], expected[1].Doubles, 2e-6, "of its scale");
        AssertClose(got[2], expected[2].Doubles, 2e-6, "of its bias");
    }

    [Test]
    public void Padding_that_cuDNN_lacks_is_left_to_the_body() =>
        Assert.That(ConvCase.All.Count(convolution => !CudaRows.Serves(Row("ConvGradInput"), Node(convolution))), Is.EqualTo(3));

    [TestCase(false, 1)]
    [TestCase(true, 2)]
    public void An_algorithm_is_the_first_that_works_fits_and_if_asked_is_deterministic(bool deterministic, int expected)
    {
        Cudnn.Algorithm[] algorithms =
        [
            new() { Number = 7, Status = 3000, Determinism = 1 },
            new() { Number = 8, Workspace = nuint.MaxValue, Determinism = 1 },
            new() { Number = 1 },
            new() { Number = 2, Determinism = 1 },
        ];
        Assert.That(CudnnConvGradient.Usable(algorithms, deterministic)[0].Number, Is.EqualTo(expected));
        Assert.That(
            () => CudnnConvGradient.Usable(algorithms[..2], deterministic),
            Throws.InvalidOperationException.With.Message.Contains(deterministic ? "without --deterministic" : "--portable"));
    }

    private static KernelRow Row(string name) => new(name, 2, 1, _ => throw new NotSupportedException());

    private static NodeProto Node(ConvCase convolution) => new() { Attribute = { convolution.Attributes } };

    private static FunctionModel Model(string name, string[] inputs, string[] outputs, AttributeProto[] attributes)
    {
        var model = new FunctionModel($"{name}_1", inputs, outputs, attributes);
        return outputs.Aggregate(model, (model, output) => model.Body("Identity", [inputs[0]], output));
    }
}
