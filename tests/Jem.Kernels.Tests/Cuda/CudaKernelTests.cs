using Jem.Kernels.Cuda;
using Jem.Kernels.Cuda.Conv;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Lowering;
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

    private static IEnumerable<(int[] Shape, bool ChannelsLast)> Layouts =>
        [.. s_shapes.Select(shape => (shape, false)), .. s_shapes.Where(shape => shape.Length == 4).Select(shape => (shape, true))];

    private static IEnumerable<ConvCase> Symmetric => ConvCase.All.Where(convolution => CudaRows.IsForCudnn(Node(convolution)));

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

    [TestCaseSource(nameof(Symmetric))]
    public void A_convolution_with_channels_last_and_its_gradients_are_those_by_definition(ConvCase convolution)
    {
        var (x, δy, w) = (convolution.Input(1), convolution.Gradient(1), TestTensor.Normal(7, convolution.FilterShape));
        var (y, δw, δx) = (new double[δy.Values.Length], new double[w.Values.Length], new double[x.Values.Length]);
        convolution.ForEachProduct((input, filter, output) =>
        {
            y[output] += (double)x.Values[input] * w.Values[filter];
            δw[filter] += (double)x.Values[input] * δy.Values[output];
            δx[input] += (double)w.Values[filter] * δy.Values[output];
        });
        var rows = CudaStandIn.Rows();
        AssertClose(First(Last("Conv", ["x", "w"], ["y"], convolution.Attributes).RunBy(rows, Last(x), w)[0]), y, 1e-6, "y");
        AssertClose(Last("ConvGradWeight", ["x", "dy"], ["dw"], convolution.Attributes).RunBy(rows, Last(x), Last(δy))[0], δw, 1e-6, "dw");
        var sized = Last("ConvGradInput", ["dy", "w"], ["dx"], [.. convolution.Attributes, Ints("input_shape", convolution.H, convolution.W)]);
        AssertClose(First(sized.RunBy(rows, Last(δy), w)[0]), δx, 1e-6, "dx");
    }

    [Test]
    public void Batch_norm_its_relu_and_their_gradients_are_those_by_definition(
        [ValueSource(nameof(Layouts))] (int[] Shape, bool ChannelsLast) of, [Values("Training", "Relu", "AddRelu")] string kind)
    {
        var (shape, channelsLast) = of;
        TestTensor In(TestTensor tensor) => channelsLast ? Last(tensor) : tensor;
        TestTensor Out(TestTensor tensor) => channelsLast ? First(tensor) : tensor;
        FunctionModel Model(string name, string[] inputs, string[] outputs) =>
            new((channelsLast ? ChannelsLast.Prefix : "") + name, inputs, outputs, [Float("epsilon", Epsilon)]);
        var (plain, skips) = (kind == "Training", kind == "AddRelu");
        var (x, scale, bias) = (Shifted(TestTensor.Normal(1, shape)), TestTensor.Normal(10, shape[1]), TestTensor.Normal(20, shape[1]));
        var (skip, δz) = (TestTensor.Normal(40, shape), TestTensor.Normal(30, shape));
        var forward = BatchNormOracle.Forward(x, scale, bias, Epsilon);
        double[] z = [.. forward.Y.Select((y, i) => plain ? y : Math.Max(0, y + (skips ? skip.Values[i] : 0)))];
        var rows = CudaStandIn.Rows();
        string[] inputs = ["x", "scale", "bias", .. skips ? new[] { "skip" } : []];
        var made = Model($"BatchNorm{kind}", inputs, ["z", "mean", "variance"]).RunBy(rows, skips ? [In(x), scale, bias, In(skip)] : [In(x), scale, bias]);
        AssertClose(Out(made[0]), z, 2e-5, "z");
        AssertClose(made[1], forward.Mean, 1e-6, "mean");
        AssertClose(made[2], forward.Variance, 1e-5, "the biased variance");

        var passed = Out(made[0]).Values;
        var masked = new TestTensor([.. δz.Values.Select((δ, i) => plain || passed[i] > 0 ? δ : 0)], shape);
        var backward = BatchNormOracle.Backward(x, masked, scale, made[1], made[2], Epsilon);
        string[] last = plain ? [] : skips ? ["z"] : ["bias"];
        TestTensor[] more = plain ? [] : skips ? [made[0]] : [bias];
        var gradient = Model(
            plain ? "BatchNormGrad" : $"BatchNorm{kind}Grad", ["x", "dz", "scale", "mean", "variance", .. last],
            ["dx", "dscale", "dbias", .. skips ? new[] { "dskip" } : []]).RunBy(rows, [In(x), In(δz), scale, made[1], made[2], .. more]);
        AssertClose(Out(gradient[0]), backward.Dx, 2e-5, "dx");
        AssertClose(gradient[1], backward.Dscale, 2e-5, "dscale");
        AssertClose(gradient[2], backward.Dbias, 2e-5, "dbias");
        if (skips)
        {
            Assert.That(Out(gradient[3]).Values, Is.EqualTo(masked.Values), "dskip");
        }
    }

    [Test]
    public void A_mean_far_from_zero_does_not_cancel_the_variance()
    {
        var noise = TestTensor.Normal(1, 8, 2, 16, 16);
        var x = new TestTensor(Array.ConvertAll(noise.Values, value => 1000 + value), noise.Shape);
        var ones = new TestTensor([1, 1], 2);
        var made = new FunctionModel("BatchNormTraining", ["x", "scale", "bias"], ["y", "mean", "variance"], [Float("epsilon", Epsilon)])
            .RunBy(CudaStandIn.Rows(), x, ones, ones);
        AssertClose(made[2], BatchNormOracle.Forward(x, ones, ones, Epsilon).Variance, 1e-6, "variance");
    }

    [TestCase(2, 3, 5, 7)]
    [TestCase(3, 70, 9, 1)]
    [TestCase(1, 33, 4, 8)]
    public void Channels_are_put_last_and_back(params int[] shape)
    {
        var (x, rows) = (TestTensor.Normal(1, shape), CudaStandIn.Rows());
        var last = new FunctionModel(ChannelsLast.ToLast, ["x"], ["y"], []).RunBy(rows, x)[0];
        Assert.That(last.Values, Is.EqualTo(Last(x).Values));
        Assert.That(new FunctionModel(ChannelsLast.ToFirst, ["x"], ["y"], []).RunBy(rows, last)[0].Values, Is.EqualTo(x.Values));
    }

    [TestCaseSource(typeof(PoolCase), nameof(PoolCase.All))]
    public void Max_pooling_with_channels_last_is_that_without(PoolCase pool)
    {
        var (x, δy, rows) = (TestTensor.Normal(5, PoolCase.Images, PoolCase.Channels, pool.H, pool.W), pool.Gradient(5), CudaStandIn.Rows());
        var gradient = Last("MaxPoolGrad", ["x", "dy"], ["dx"], pool.Attributes).RunBy(rows, Last(x), Last(δy))[0];
        Assert.That(First(gradient).Values, Is.EqualTo(Model("MaxPoolGrad", ["x", "dy"], ["dx"], pool.Attributes).Run(true, x, δy)[0].Values));
        var y = Last("MaxPool", ["x"], ["y"], pool.Attributes).RunBy(rows, Last(x))[0];
        Assert.That(First(y).Values, Is.EqualTo(pool.Maxima(x)));
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
        Assert.That(ConvCase.All.Count(convolution => !CudaRows.IsForCudnn(Node(convolution))), Is.EqualTo(3));

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
        Assert.That(CudnnConvolution.Usable(algorithms, deterministic)[0].Number, Is.EqualTo(expected));
        Assert.That(
            () => CudnnConvolution.Usable(algorithms[..2], deterministic),
            Throws.InvalidOperationException.With.Message.Contains(deterministic ? "without --deterministic" : "--portable"));
    }

    private static NodeProto Node(ConvCase convolution) => new() { OpType = "Conv", Attribute = { convolution.Attributes } };

    private static FunctionModel Model(string name, string[] inputs, string[] outputs, AttributeProto[] attributes)
    {
        var model = new FunctionModel($"{name}_1", inputs, outputs, attributes);
        return outputs.Aggregate(model, (model, output) => model.Body("Identity", [inputs[0]], output));
    }

    private static FunctionModel Last(string name, string[] inputs, string[] outputs, AttributeProto[] attributes) =>
        new(ChannelsLast.Prefix + name, inputs, outputs, attributes);

    // The same numbers, as [N,H,W,C].
    private static TestTensor Last(TestTensor x) => Moved(x, x.Shape[1], x.Shape[2] * x.Shape[3]);

    private static TestTensor First(TestTensor x) => Moved(x, x.Shape[2] * x.Shape[3], x.Shape[1]);

    private static TestTensor Moved(TestTensor x, int rows, int columns)
    {
        var values = new float[x.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (image, row, column) = (i / (rows * columns), i / columns % rows, i % columns);
            values[(image * rows * columns) + (column * rows) + row] = x.Values[i];
        }

        return new TestTensor(values, x.Shape);
    }

    // Channels with means of their own.
    private static TestTensor Shifted(TestTensor x)
    {
        var inner = x.Shape[2..].Aggregate(1, (product, size) => product * size);
        return new([.. x.Values.Select((value, i) => value + (i / inner % x.Shape[1] % 5) - 2)], x.Shape);
    }
}
