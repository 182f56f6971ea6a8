using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ops;

/// <summary>A use of an operator whose gradient is checked.</summary>
/// <param name="Op">The row whose domain and tolerance hold.</param>
public sealed record GradientCase(string Op, string Use, Shape[] Inputs, Func<Value[], Value> Build)
{
    public override string ToString() => $"{Op} {Use} {string.Join("×", Inputs.Select(input => input.ToString()))}";
}

/// <summary>At least one use of every operator with a gradient rule, and of every composition of operators.</summary>
internal static class GradientCases
{
    private static readonly (Shape A, Shape B)[] s_broadcasts =
    [
        ([3, 4], [3, 4]),
        ([], [3, 4]),
        ([3, 4], []),
        ([3, 4], [4]),
        ([2, 3, 4], [3, 4]),
        ([1, 4, 5], [2, 3, 1, 1]),
        ([3, 4, 5], [2, 1, 1, 1]),
        ([2, 1, 1, 5], [1, 3, 4, 1]),
    ];

    public static IEnumerable<GradientCase> All =>
    [
        .. Binary("Add", Op.Add), .. Binary("Sub", Op.Sub), .. Binary("Mul", Op.Mul), .. Binary("Div", Op.Div),
        .. Binary("Pow", Op.Pow), .. Binary("Min", Op.Min), .. Binary("Max", Op.Max),
        .. Binary("Where", (a, b) => Op.Where(Op.Greater(Op.Sign(a), Op.Sign(b)), a * 2, b * 3)),
        Unary("Neg", Op.Neg), Unary("Exp", Op.Exp), Unary("Log", Op.Log), Unary("Sqrt", Op.Sqrt), Unary("Reciprocal", Op.Reciprocal),
        Unary("Erf", Op.Erf), Unary("Tanh", Op.Tanh), Unary("Sigmoid", Op.Sigmoid), Unary("Softplus", Op.Softplus),
        Unary("Relu", Op.Relu), Unary("LeakyRelu", x => Op.LeakyRelu(x, 0.2)), Unary("Abs", Op.Abs), Unary("Identity", Op.Identity),
        Unary("Clip", x => Op.Clip(x, -0.7, 0.9)), Unary("Cast", x => Op.Cast(Op.Cast(x * 3, DType.Float), x.Type)),
        new("Erf", "as Gelu", [[3, 5]], x => Op.Gelu(x[0])),
        new("Gelu", "", [[3, 5]], x => Op.GeluFunction(x[0])),
        new("Mul", "of a value with itself", [[3, 5]], x => x[0] * x[0]),
        .. Reductions("ReduceSum", Op.Sum), .. Reductions("ReduceMean", Op.Mean),
        .. Reductions("ReduceMax", Op.ReduceMax), .. Reductions("ReduceMin", Op.ReduceMin),
        .. Reductions("ReduceSum", Op.SumKeep), .. Reductions("ReduceMean", Op.MeanKeep),
        .. Reductions("Log", Op.LogSumExp),
        new("Reshape", "", [[2, 3, 4]], x => Op.Reshape(x[0], [4, 6])),
        new("Flatten", "", [[2, 3, 4]], x => Op.Flatten(x[0], 2)),
        new("Squeeze", "", [[2, 1, 4, 1]], x => Op.Squeeze(x[0], 1, -1)),
        new("Unsqueeze", "", [[2, 3]], x => Op.Unsqueeze(x[0], 0, 2)),
        new("Transpose", "", [[2, 3, 4]], x => Op.Transpose(x[0], 2, 0, 1)),
        new("Expand", "", [[3, 1]], x => Op.Expand(x[0], [2, 3, 4])),
        new("Tile", "", [[2, 3]], x => Op.Tile(x[0], 2, 3)),
        new("Pad", "", [[2, 3]], x => Op.Pad(x[0], [1, 0, 2, 1], 0.5)),
        new("Slice", "by one", [[4, 6]], x => Op.Slice(x[0], 1, 1, 5)),
        new("Slice", "by two and three", [[5, 8]], x => Op.Slice(x[0], [0, 1], [0, 1], [5, 8], [2, 3])),
        new("Slice", "to an end counted from the back", [[5, 8]], x => Op.Slice(x[0], -1, 2, -1)),
        new("Concat", "", [[2, 3], [2, 1], [2, 2]], x => Op.Concat(1, x)),
        new("Split", "all parts", [[2, 6]], x => Op.Split(x[0], 1, 1, 2, 3) is var parts ? Op.Concat(1, parts[2], parts[0], parts[1] * 2) : null!),
        new("Split", "one part", [[2, 6]], x => Op.Split(x[0], 1, 1, 2, 3)[1]),
        new("Gather", "with a repeated index", [[4, 3]], x => Op.Gather(x[0], Index(x[0], [5], 3, 0, 1, 3, 3))),
        new("Gather", "of rank 2 along axis 1", [[2, 4, 3]], x => Op.Gather(x[0], Index(x[0], [2, 2], 1, 2, 1, 0), 1)),
        new("GatherElements", "with a repeated index", [[3, 4]], x => Op.GatherElements(x[0], Index(x[0], [3, 2], 0, 0, 3, 1, 2, 2), 1)),
        new("ScatterElements", "", [[3, 4], [3, 2]], x => Op.ScatterElements(x[0], Index(x[0], [3, 2], 0, 2, 3, 1, 2, 0), x[1], 1)),
        new("ScatterElements", "adding, with a repeated index", [[3, 4], [3, 2]],
            x => Op.ScatterElements(x[0], Index(x[0], [3, 2], 0, 0, 3, 1, 2, 2), x[1], 1, add: true)),
        new("MatMul", "", [[3, 4], [4, 5]], x => Op.MatMul(x[0], x[1])),
        new("MatMul", "of batches", [[2, 3, 4], [2, 4, 5]], x => Op.MatMul(x[0], x[1])),
        new("MatMul", "of broadcast batches", [[2, 1, 3, 4], [3, 4, 2]], x => Op.MatMul(x[0], x[1])),
        .. from transA in new[] { false, true }
           from transB in new[] { false, true }
           select new GradientCase("Gemm", $"transA={transA} transB={transB}", [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]],
               x => Op.Gemm(x[0], x[1], x[2], transA, transB, alpha: 0.7, beta: 1.3)),
        new("Gemm", "without an addend", [[3, 4], [4, 5]], x => Op.Gemm(x[0], x[1])),
        .. Convolutions(),
        new("MaxPool", "2 by 2", [[2, 3, 6, 6]], x => Op.MaxPool(x[0], 2, 2)),
        new("MaxPool", "3 by 2, padded, odd", [[2, 2, 7, 7]], x => Op.MaxPool(x[0], 3, 2, 1)),
        new("AveragePool", "2 by 2", [[2, 3, 6, 6]], x => Op.AveragePool(x[0], 2, 2)),
        new("AveragePool", "3 by 2, padded, odd", [[2, 2, 7, 7]], x => Op.AveragePool(x[0], 3, 2, 1)),
        new("AveragePool", "3 by 2, padding not counted, rows left over", [[2, 2, 6, 6]], x => Op.AveragePool(x[0], 3, 2, 1, countPadding: false)),
        new("GlobalAveragePool", "", [[2, 3, 4, 5]], x => Op.GlobalAveragePool(x[0])),
        new("BatchNormTraining", "of images", [[4, 3, 5, 5], [3], [3]], x => Op.BatchNormTraining(x[0], x[1], x[2]).Y),
        new("BatchNormTraining", "of vectors", [[6, 4], [4], [4]], x => Op.BatchNormTraining(x[0], x[1], x[2]).Y),
        new("LayerNormalization", "", [[2, 3, 6], [6], [6]], x => Op.LayerNorm(x[0], x[1], x[2])),
        new("Softmax", "", [[3, 5]], x => Op.Softmax(x[0])),
        new("Softmax", "along axis 1 of 3", [[2, 4, 3]], x => Op.Softmax(x[0], 1)),
        new("LogSoftmax", "", [[3, 5]], x => Op.LogSoftmax(x[0])),
        new("LogSoftmax", "along axis 1 of 3", [[2, 4, 3]], x => Op.LogSoftmax(x[0], 1)),
    ];

    private delegate Value Reduction(Value x, params ReadOnlySpan<long> axes);

    private static GradientCase Unary(string op, Func<Value, Value> build) => new(op, "", [[3, 5]], x => build(x[0]));

    private static IEnumerable<GradientCase> Binary(string op, Func<Value, Value, Value> build) =>
        s_broadcasts.Select(shapes => new GradientCase(op, "", [shapes.A, shapes.B], x => build(x[0], x[1])));

    private static IEnumerable<GradientCase> Reductions(string op, Reduction build) =>
    [
        new(op, $"over all ({build.Method.Name})", [[2, 3, 4]], x => build(x[0])),
        new(op, $"over the last ({build.Method.Name})", [[2, 3, 4]], x => build(x[0], -1)),
        new(op, $"over two ({build.Method.Name})", [[2, 3, 4]], x => build(x[0], 0, 2)),
    ];

    private static IEnumerable<GradientCase> Convolutions() =>
        from shape in new (int Side, int Kernel, int Stride, int Padding, int Dilation, int Groups)[]
        {
            (6, 3, 1, 1, 1, 1), (7, 3, 2, 1, 1, 1), (8, 3, 2, 1, 1, 1), (7, 1, 2, 0, 1, 1), (9, 3, 1, 2, 2, 1), (9, 3, 2, 2, 2, 2),
            (6, 3, 1, 1, 1, 2), (6, 3, 1, 1, 1, 4), (5, 5, 1, 0, 1, 1), (9, 7, 2, 3, 1, 1), (6, 2, 2, 0, 1, 1), (8, 3, 3, 0, 1, 1),
        }
        let use = $"side {shape.Side} kernel {shape.Kernel} stride {shape.Stride} padding {shape.Padding} dilation {shape.Dilation} groups {shape.Groups}"
        from item in new GradientCase[]
        {
            new("Conv", use, [[2, 4, shape.Side, shape.Side], [4, 4 / shape.Groups, shape.Kernel, shape.Kernel], [4]],
                x => Op.Conv(x[0], x[1], x[2], shape.Stride, shape.Padding, shape.Dilation, shape.Groups)),
            new("ConvTranspose", use, [[2, 4, 4, 4], [4, 4 / shape.Groups, shape.Kernel, shape.Kernel], [4]],
                x => Op.ConvTranspose(x[0], x[1], x[2], shape.Stride, shape.Padding, shape.Stride - 1, shape.Dilation, shape.Groups)),
        }
        select item;

    private static Value Index(Value like, Shape shape, params ReadOnlySpan<long> indices) =>
        like.Graph.Constant(DType.Int64, shape, indices.ToArray());
}
