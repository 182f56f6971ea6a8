using Jem.Graphs.Ir;

namespace Jem.Graphs.Ops;

/// <content>Normalisation and softmax.</content>
public static partial class Op
{
    internal static readonly OpRow[] NormRows =
    [
        new("Softmax", Shapes.AlongAxis, (n, δy) => [SoftmaxGradient(n.Output(), δy, n.Attributes.Int("axis", -1))]),
        new("SoftmaxGrad", FromBody, NoGradient.Unwritten),
        new("LogSoftmax", Shapes.AlongAxis, (n, δy) =>
            [Sub(δy, Mul(Exp(n.Output()), SumKeep(δy, n.Attributes.Int("axis", -1))))]),
        new("LayerNormalization", InferLayerNorm, (n, δy) => LayerNormGradient(n, δy)),
        new("LayerNormGrad", FromBody, NoGradient.Unwritten),
        new("BatchNormalization", InferBatchNorm, NoGradient.Unwritten),
        new("BatchNormTraining", FromBody, BatchNormGradient),
        new("BatchNormGrad", FromBody, NoGradient.Unwritten),
    ];

    /// <summary>eˣ over its sum along an axis.</summary>
    public static Value Softmax(Value x, long axis = -1) => Node("Softmax", new Attributes(("axis", axis)), x);

    /// <summary>The logarithm of <see cref="Softmax"/>, without overflow.</summary>
    public static Value LogSoftmax(Value x, long axis = -1) => Node("LogSoftmax", new Attributes(("axis", axis)), x);

    /// <summary>Normalises over the last axis [D] (Ba et al., arXiv:1607.06450); scale and bias are [D].</summary>
    public static Value LayerNorm(Value x, Value scale, Value bias, double epsilon = 1e-5) =>
        Node("LayerNormalization", new Attributes(("axis", -1L), ("epsilon", epsilon)), x, scale, bias);

    /// <summary>Batch norm with given statistics, each [C], for x [N,C,…]: what a trained encoder computes.</summary>
    public static Value BatchNormInference(Value x, Value scale, Value bias, Value mean, Value variance, double epsilon = 1e-5) =>
        Node("BatchNormalization", new Attributes(("epsilon", epsilon)), x, scale, bias, mean, variance);

    /// <summary>
    /// Batch norm with the statistics of the batch (Ioffe and Szegedy, arXiv:1502.03167) for x [N,C] or [N,C,H,W].
    /// Returns y, the mean [C] and the biased variance [C]; no gradient flows through the last two.
    /// A function, because ONNX's training mode has no CUDA kernel and another running variance.
    /// </summary>
    public static (Value Y, Value Mean, Value Variance) BatchNormTraining(Value x, Value scale, Value bias, double epsilon = 1e-5)
    {
        var node = Call("BatchNormTraining", new Attributes(("epsilon", epsilon)), body =>
        {
            Shape channels = [x.Shape[1]];
            Shapes.Expect(scale.Shape.Equals(channels) && bias.Shape.Equals(channels), $"scale and bias of {channels}, got {scale.Shape} and {bias.Shape}.");
            Shapes.Expect(x.Shape.Size / x.Shape[1] > 1, $"more than one element per channel to take statistics of, got {x.Shape}. Use a larger batch.");
            var channel = PerChannel(x.Shape);
            var mean = MeanOverBatch(body[0]);
            var centred = Sub(body[0], Reshape(mean, channel));
            var variance = MeanOverBatch(Mul(centred, centred));
            var factor = Div(body[1], Deviation(variance, epsilon));
            return [Add(Mul(centred, Reshape(factor, channel)), Reshape(body[2], channel)), mean, variance];
        }, x, scale, bias);
        return (node.Output(0), node.Output(1), node.Output(2));
    }

    private static IReadOnlyList<Value?> BatchNormGradient(Node n, IReadOnlyList<Value?> δy)
    {
        Shapes.Expect(δy[0] is not null && δy[1] is null && δy[2] is null, $"a gradient through y only at '{n.Name}': "
            + "wrap the mean and the variance in StopGradient.");
        return Call("BatchNormGrad", n.Attributes, body =>
        {
            // With x̂ = (x − μ)/σ and means taken over the batch: δx = γ/σ · (δy − mean δy − x̂ · mean(δy·x̂)).
            var (x, δ, scale, mean, variance) = (body[0], body[1], body[2], body[3], body[4]);
            var channel = PerChannel(x.Shape);
            var count = (double)x.Shape.Size / x.Shape[1];
            var deviation = Deviation(variance, n.Attributes.Real("epsilon", 1e-5));
            var centred = Sub(x, Reshape(mean, channel));
            var δbias = SumOverBatch(δ);
            var δscale = Div(SumOverBatch(Mul(δ, centred)), deviation);
            var slope = Mul(Div(δscale, deviation), ScalarLike(x, 1 / count));
            var offset = Mul(δbias, ScalarLike(x, 1 / count));
            var δx = Sub(Sub(δ, Mul(centred, Reshape(slope, channel))), Reshape(offset, channel));
            return [Mul(δx, Reshape(Div(scale, deviation), channel)), δscale, δbias];
        }, n.Input(0), δy[0]!, n.Input(1), n.Output(1), n.Output(2)).Outputs;
    }

    private static Value Deviation(Value variance, double epsilon) => Sqrt(Add(variance, ScalarLike(variance, epsilon)));

    private static Shape PerChannel(Shape x) => [.. x.Select((dimension, axis) => axis == 1 ? dimension : 1)];

    // Axes that lie together first: for them every execution provider has a fast kernel, for those of [0, 2, 3] together CUDA's has none.
    private static Value MeanOverBatch(Value x) => Mean(x.Shape.Rank == 2 ? x : Mean(x, 2, 3), 0);

    private static Value SumOverBatch(Value x) => Sum(x.Shape.Rank == 2 ? x : Sum(x, 2, 3), 0);

    // softmax′: y ⊙ (δy − ⟨δy, y⟩). Along the last axis it is a function, for which kernels exist.
    private static Value SoftmaxGradient(Value y, Value δy, long axis)
    {
        Value Gradient(Value result, Value δ) => Mul(result, Sub(δ, SumKeep(Mul(δ, result), axis)));
        return axis == -1 || axis == y.Shape.Rank - 1
            ? Call("SoftmaxGrad", new Attributes(), body => [Gradient(body[0], body[1])], y, δy).Output()
            : Gradient(y, δy);
    }

    private static IReadOnlyList<Value?> LayerNormGradient(Node n, Value δy) =>
        Call("LayerNormGrad", new Attributes(("epsilon", n.Attributes.Real("epsilon", 1e-5))), body =>
        {
            // With x̂ the normalised row, δ = γ·δy and means over the row: δx = (δ − mean δ − x̂·mean(δ·x̂))/σ.
            var (x, δ, scale) = (body[0], body[1], body[2]);
            long[] rows = [.. Enumerable.Range(0, x.Shape.Rank - 1).Select(axis => (long)axis)];
            var centred = Sub(x, MeanKeep(x, -1));
            var deviation = Deviation(MeanKeep(Mul(centred, centred), -1), n.Attributes.Real("epsilon", 1e-5));
            var normal = Div(centred, deviation);
            var δnormal = Mul(δ, scale);
            var δx = Div(Sub(Sub(δnormal, MeanKeep(δnormal, -1)), Mul(normal, MeanKeep(Mul(δnormal, normal), -1))), deviation);
            return [δx, Sum(Mul(δ, normal), rows), Sum(δ, rows)];
        }, n.Input(0), δy, n.Input(1)).Outputs;

    private static IReadOnlyList<(DType, Shape)> InferLayerNorm(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shape last = [inputs[0].Shape[-1]];
        Shapes.Expect(inputs[1].Shape.Equals(last) && inputs[2].Shape.Equals(last), $"scale and bias of {last}, got {inputs[1].Shape} and {inputs[2].Shape}.");
        return Shapes.Same(inputs, attributes);
    }

    private static IReadOnlyList<(DType, Shape)> InferBatchNorm(IReadOnlyList<Value> inputs, Attributes attributes)
    {
        Shape channels = [inputs[0].Shape[1]];
        Shapes.Expect(inputs.Skip(1).All(input => input.Shape.Equals(channels)), $"scale, bias, mean and variance of {channels}, "
            + $"got {string.Join(", ", inputs.Skip(1).Select(input => input.Shape))}.");
        return Shapes.Same(inputs, attributes);
    }
}
