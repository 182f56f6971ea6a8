using Jem.Benchmarks.Sessions;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using Onnx;

namespace Jem.Benchmarks.Kernels;

/// <summary>A call of a <c>jem</c> function as a training program makes it: the function, its attributes, the shapes.</summary>
/// <param name="Work">Where it is called, and how often.</param>
public sealed record FunctionCall(string Work, Node Node)
{
    /// <summary>Every call of the two works' steps, equal ones once, and those of the large stem's pools.</summary>
    public static IEnumerable<FunctionCall> All { get; } =
    [
        .. StepWork.ResNet18.SelectMany(work => Calls($"{work}", work.Build().Stages[0])),
        .. Calls("max pool", Pool(x => Op.MaxPool(x, kernel: 3, stride: 2, padding: 1))),
        .. Calls("average pool", Pool(x => Op.AveragePool(x, kernel: 2, stride: 2))),
    ];

    /// <summary>A model of this call alone.</summary>
    public ModelProto Model()
    {
        var graph = new Graph("call");
        var function = graph.Function(Node.Op, Node.Op, () => Node.Function!.Body);
        var inputs = Node.Inputs.Select((input, i) => graph.Input($"in{i}", input.Type, input.Shape)).ToArray();
        var call = graph.Append(Node.Op, inputs, Node.Attributes, [.. Node.Outputs.Select(output => (output.Type, output.Shape))], function);
        for (var i = 0; i < call.Outputs.Count; i++)
        {
            graph.Output($"out{i}", call.Outputs[i]);
        }

        return OnnxWriter.Model(graph);
    }

    public override string ToString() =>
        $"{Work} {Node.Op} {Shapes(Node.Inputs)} → {Shapes(Node.Outputs)}{Stride}";

    // Those of one axis follow from the others.
    private static string Shapes(IEnumerable<Value> values) =>
        string.Join(' ', values.Where(value => value.Shape.Rank > 1).Select(value => string.Join('×', value.Shape)));

    private string Stride => Node.Attributes.Ints("strides", [1]) is [not 1 and var stride, ..] ? $" stride {stride}" : "";

    private static IEnumerable<FunctionCall> Calls(string work, Graph graph) => graph.Nodes
        .Where(node => node.Function is not null).GroupBy(node => node.Function)
        .Select(group => new FunctionCall($"{work} ×{group.Count()}", group.First()))
        .OrderBy(call => call.Node.Op, StringComparer.Ordinal);

    // The pool behind the 7×7 stem of width 16, at 160×160 with 64 images.
    private static Graph Pool(Func<Value, Value> pool)
    {
        var graph = new Graph("pool");
        var x = graph.Input("x", DType.Float, [64, 16, 80, 80]);
        var gradient = Jem.Graphs.Grad.Gradient.Of(Op.Sum(pool(x)), [x])[0];
        graph.Output("dx", gradient);
        return graph;
    }
}
