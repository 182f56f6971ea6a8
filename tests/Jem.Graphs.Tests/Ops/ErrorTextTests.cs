using Jem.Graphs.Ir;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Ops;

/// <summary>A wrong shape fails where the operator is called: with the operator, the scope, what it got and what it expected.</summary>
public class ErrorTextTests
{
    private delegate Value Use(Value matrix, Value images, Value ints);

    private static readonly (string Op, Use Use, string Expected)[] s_wrong =
    [
        ("Add", (a, x, _) => a + x, "[2,3] and [2,4,6,6] do not broadcast: dimension 3 is 3 in one and 6 in the other; they must be equal or 1."),
        ("Mul", (a, _, i) => a * i, "expected inputs of one type, got matrix: float32[2,3], ints: int64[2]. Cast them first."),
        ("Greater", (a, x, _) => Op.Greater(x, a), "[2,4,6,6] and [2,3] do not broadcast: dimension 3 is 6 in one and 3 in the other; "
            + "they must be equal or 1."),
        ("Where", (a, _, _) => Op.Where(a, a, a), "expected a condition of bool, got matrix: float32[2,3]."),
        ("MatMul", (a, _, _) => Op.MatMul(a, a), "expected as many columns in [2,3] as rows in [2,3]: 3 ≠ 2."),
        ("MatMul", (a, _, i) => Op.MatMul(a, i), "expected matrices of rank ≥ 2, got [2,3] and [2]."),
        ("Gemm", (a, x, _) => Op.Gemm(a, x), "expected matrices, got [2,3] and [2,4,6,6]."),
        ("Gemm", (a, _, _) => Op.Gemm(a, a), "expected inner dimensions that agree, got 3 and 2 of [2,3] and [2,3]."),
        ("Gemm", (a, x, _) => Op.Gemm(a, a, x, transB: true), "[2,2] and [2,4,6,6] do not broadcast: dimension 3 is 2 in one and 6 in the other; "
            + "they must be equal or 1."),
        ("Reshape", (a, _, _) => Op.Reshape(a, [4, 2]), "expected a shape of 6 elements, got [4,2]."),
        ("Squeeze", (a, _, _) => Op.Squeeze(a, 0), "expected dimensions of 1 at axes [0], got [2,3]."),
        ("Unsqueeze", (a, _, _) => Op.Unsqueeze(a, 5), "expected an axis in [-3, 2], got 5."),
        ("Transpose", (a, _, _) => Op.Transpose(a, 0, 0), "expected an order of 2 axes, got [0,0]."),
        ("Transpose", (_, _, i) => Op.SwapLast(i), "expected two axes to swap."),
        ("Expand", (a, _, _) => Op.Expand(a, [2, 4]), "[2,3] and [2,4] do not broadcast: dimension 1 is 3 in one and 4 in the other; they must be equal or 1."),
        ("Tile", (a, _, _) => Op.Tile(a, 2), "expected a repeat for each axis of [2,3], got 1."),
        ("Pad", (a, _, _) => Op.Pad(a, [1, 1]), "expected 4 counts for [2,3], got 2."),
        ("Slice", (a, _, _) => Op.Slice(a, 2, 0, 1), "expected an axis in [-2, 1], got 2."),
        ("Slice", (a, _, _) => Op.Slice(a, 1, 2, 2), "expected a start before the end along axis 1 of [2,3], got 2 and 2."),
        ("Slice", (a, _, _) => Op.Slice(a, 1, 0, 2, -1), "expected a step ≥ 1 along axis 1, got -1."),
        ("Concat", (a, x, _) => Op.Concat(0, a, x), "expected shapes that differ only along axis 0, got [2,3], [2,4,6,6]."),
        ("Concat", (a, _, _) => Op.Concat(2, a, a), "expected an axis in [-2, 1], got 2."),
        ("Split", (a, _, _) => Op.Split(a, 1, 1, 1)[0], "expected sizes that sum to 3 along axis 1 of [2,3], got [1,1]."),
        ("Split", (a, _, _) => Op.Split(a, 2, 1, 1)[0], "expected an axis in [-2, 1], got 2."),
        ("Gather", (a, _, i) => Op.Gather(a, i, -3), "expected an axis in [-2, 1], got -3."),
        ("GatherElements", (a, _, i) => Op.GatherElements(a, i, 1), "expected indices of rank 2, got [2]."),
        ("ScatterElements", (a, _, i) => Op.ScatterElements(a, i, a, 1), "expected updates of the indices' shape [2], got [2,3]."),
        ("ReduceSum", (a, _, _) => Op.Sum(a, 2), "expected an axis in [-2, 1], got 2."),
        ("ReduceMax", (a, _, _) => Op.ReduceMax(a, -3), "expected an axis in [-2, 1], got -3."),
        ("Softmax", (a, _, _) => Op.Softmax(a, 2), "expected an axis in [-2, 1], got 2."),
        ("Flatten", (a, _, _) => Op.Flatten(a, 3), "expected an axis in [0, 2], got 3."),
        ("Conv", (_, x, _) => Op.Conv(x, Filter(x, 8, 3, 3, 3)), "expected filters [O,4/1,kh,kw] for 4 channels, got [8,3,3,3]."),
        ("Conv", (_, x, _) => Op.Conv(x, Filter(x, 3, 2, 3, 3), groups: 2), "expected a number of filters divisible by 2 groups, got 3."),
        ("Conv", (_, x, _) => Op.Conv(x, Filter(x, 8, 4, 7, 7)), "expected an image at least as large as the window, got [2,4,6,6] for a kernel of [7,7]."),
        ("Conv", (a, x, _) => Op.Conv(a, Filter(x, 8, 4, 3, 3)), "expected four axes, got matrix: float32[2,3]."),
        ("ConvTranspose", (_, x, _) => Op.ConvTranspose(x, Filter(x, 3, 4, 3, 3)), "expected filters [4,O,kh,kw], got [3,4,3,3]."),
        ("MaxPool", (_, x, _) => Op.MaxPool(x, 7, 1), "expected an image at least as large as the window, got [2,4,6,6] for a kernel of [7,7]."),
        ("MaxPool", (a, _, _) => Op.MaxPool(a, 2, 2), "expected four axes, got matrix: float32[2,3]."),
        ("GlobalAveragePool", (a, _, _) => Op.GlobalAveragePool(a), "expected four axes, got matrix: float32[2,3]."),
        ("LayerNormalization", (a, x, _) => Op.LayerNorm(x, a, a), "expected scale and bias of [6], got [2,3] and [2,3]."),
        ("BatchNormalization", (a, x, _) => Op.BatchNormInference(x, a, a, a, a), "expected scale, bias, mean and variance of [4], got [2,3], [2,3], [2,3], "
            + "[2,3]."),
        ("BatchNormTraining", (a, x, _) => Op.BatchNormTraining(x, a, a).Y, "expected scale and bias of [4], got [2,3] and [2,3]."),
    ];

    private static IEnumerable<TestCaseData> Wrong =>
        s_wrong.Select(item => new TestCaseData(item.Use, item.Op, item.Expected).SetArgDisplayNames(item.Op, item.Expected));

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_use_says_where_and_what_was_expected(object use, string op, string expected)
    {
        var graph = new Graph("step");
        var (matrix, images, ints) = (graph.Input("matrix", DType.Float, [2, 3]), graph.Input("images", DType.Float, [2, 4, 6, 6]),
            graph.Input("ints", DType.Int64, [2]));
        using var scope = graph.Enter("layer1.0");
        Assert.That(() => ((Use)use)(matrix, images, ints), Throws.TypeOf<GraphException>()
            .With.Message.StartsWith($"{op} at 'layer1.0' of 'step' (").And.Message.EndsWith($"): {expected}"));
    }

    [Test]
    public void The_inputs_are_shown_between_place_and_expectation()
    {
        var graph = new Graph("step");
        var x = graph.Input("x", DType.Float, [2, 3]);
        Assert.That(() => Op.Reshape(x, [4]), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "Reshape at '' of 'step' (x: float32[2,3], constant_1: int64[1]): expected a shape of 6 elements, got [4]."));
    }

    [Test]
    public void A_shape_must_be_known_when_the_graph_is_built()
    {
        var graph = new Graph("step");
        var x = graph.Input("x", DType.Float, [2, 3]);
        var shape = graph.Input("shape", DType.Int64, [1]);
        Assert.That(() => OpTable.Row("Reshape").Infer([x, shape], Attributes.None), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'shape' must be an integer constant known when the graph is built."));
    }

    [Test]
    public void An_unknown_operator_is_answered_with_the_nearest() =>
        Assert.That(() => OpTable.Row("Softplusx"), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "There is no operator 'Softplusx'. Did you mean 'Softplus'? Add a row in Ops/ if it is new."));

    private static Value Filter(Value like, params ReadOnlySpan<long> shape) => Op.FillLike(like, [.. shape], 0);
}
