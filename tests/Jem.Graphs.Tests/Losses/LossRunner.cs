using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using Jem.Graphs.Seeding;

namespace Jem.Graphs.Tests.Losses;

/// <summary>A tensor that a loss is given.</summary>
internal sealed record Given(Shape Shape, double[] Elements, DType Type = DType.Float)
{
    public static Given From(Oracle oracle, string name) => new(oracle.Shape(name), oracle[name]);

    public static Given Scalar(double element) => new(Shape.Scalar, [element]);

    public static Given Normals(Shape shape, ulong seed = 1)
    {
        var random = new SeededRandom(seed);
        var elements = new double[shape.Size];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = random.NextNormal();
        }

        return new(shape, elements);
    }

    /// <summary>Rows that are all the same.</summary>
    public static Given Rows(int count, params double[] row) =>
        new([count, row.Length], [.. Enumerable.Repeat(row, count).SelectMany(elements => elements)]);

    public Given With(Func<double, int, double> element) => this with { Elements = [.. Elements.Select(element)] };
}

/// <summary>Runs losses on ONNX Runtime.</summary>
internal static class LossRunner
{
    /// <summary>A loss and its gradients by the first of its inputs.</summary>
    public static (double Loss, double[][] Gradients) Run(Func<Value[], Value> build, int trained, params Given[] inputs)
    {
        var outputs = Outputs(x => build(x) is var loss ? [loss, .. Gradient.Of(loss, x[..trained])] : [], inputs);
        return (outputs[0][0], outputs[1..]);
    }

    public static double[][] Outputs(Func<Value[], IReadOnlyList<Value>> build, params Given[] inputs)
    {
        var graph = new Graph("loss");
        foreach (var (i, output) in build(Inputs(graph, inputs)).Index())
        {
            graph.Output($"output{i}", Op.Identity(output));
        }

        graph.Prune();
        using var runner = new GraphRunner(graph);
        return runner.Run([.. inputs.Select(input => input.Elements)]);
    }

    /// <summary>Asserts that no gradient flows to some of the inputs, by their indices.</summary>
    public static void Stops(Func<Value[], Value> build, int[] at, params Given[] inputs)
    {
        var x = Inputs(new Graph("loss"), inputs);
        var loss = build(x);
        foreach (var i in at)
        {
            Assert.That(() => Gradient.Of(loss, [x[i]]), Throws.InstanceOf<GraphException>().With.Message.Contains($"does not depend on 'x{i}'"));
        }
    }

    /// <summary>Values of given shapes, for losses that are refused.</summary>
    public static Value[] Values(params Shape[] shapes)
    {
        var graph = new Graph("loss");
        return [.. shapes.Select((shape, i) => graph.Input($"x{i}", DType.Float, shape))];
    }

    /// <summary>The slices along the first axis: views that an oracle keeps in one tensor.</summary>
    public static Value[] Parts(this Value views) =>
        [.. Op.Split(views, 0, [.. Enumerable.Repeat(1L, (int)views.Shape[0])]).Select(part => Op.Squeeze(part, 0))];

    private static Value[] Inputs(Graph graph, Given[] inputs) => [.. inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))];
}
