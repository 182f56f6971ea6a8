using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using Jem.Graphs.Seeding;
using Jem.Graphs.Tests.Export;

namespace Jem.Graphs.Tests.Grad;

/// <summary>
/// Compares a gradient with a central difference along one random direction, the outputs weighted at random:
/// two forward passes whatever the sizes. As JAX checks its gradients.
/// </summary>
internal static class DirectionalDerivative
{
    public static void Check(Func<Value[], Value> function, Shape[] shapes, Domain domain, double tolerance, ulong seed)
    {
        // In float64 where ONNX Runtime has the kernels.
        var type = Build(function, shapes, DType.Double) is { } exact && HasKernels(exact) ? DType.Double : DType.Float;
        var (step, allowed) = type == DType.Double ? (1e-5, tolerance) : (5e-3, 2e-3);
        var random = new SeededRandom(seed);
        var inputs = shapes.Select(shape => Draw(ref random, (int)shape.Size, domain)).ToArray();
        var direction = shapes.Select(shape => Uniform(ref random, (int)shape.Size)).ToArray();
        var graph = Build(function, shapes, type);
        var weights = Uniform(ref random, (int)graph.Inputs[^1].Value.Shape.Size);

        using var runner = new GraphRunner(graph);
        double Loss(double sign) => runner.Run([.. inputs.Zip(direction, (x, d) => x.Zip(d, (a, b) => a + (sign * step * b)).ToArray()), weights])[0][0];
        var numeric = (Loss(1) - Loss(-1)) / (2 * step);
        var gradients = runner.Run([.. inputs, weights]).Skip(1);
        var analytic = gradients.Zip(direction, (g, d) => g.Zip(d, (a, b) => a * b).Sum()).Sum();
        var scale = gradients.Zip(direction, (g, d) => g.Zip(d, (a, b) => Math.Abs(a * b)).Sum()).Sum();
        Assert.That(double.IsFinite(numeric), Is.True, $"the loss in {type.Name()}, seed {seed}");
        Assert.That(analytic, Is.EqualTo(numeric).Within(allowed * Math.Max(scale, 1e-3)), $"gradient in {type.Name()}, seed {seed}");
    }

    /// <summary>Elements of the domain; where it has a gap, apart from each other and from zero by that much.</summary>
    public static double[] Draw(ref SeededRandom random, int count, Domain domain)
    {
        if (domain.Gap == 0)
        {
            return Uniform(ref random, count, domain.Low, domain.High);
        }

        var places = Math.Max(count, (int)((domain.High - domain.Low) / domain.Gap));
        var grid = Enumerable.Range(0, places).Select(i => (i - (places / 2) + 0.5) * domain.Gap).ToArray();
        random.Shuffle<double>(grid);
        return grid[..count];
    }

    private static double[] Uniform(ref SeededRandom random, int count, double low = -1, double high = 1)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = random.NextDouble(low, high);
        }

        return values;
    }

    /// <summary>A function, the weighted sum of its outputs and the gradients of that.</summary>
    public static Graph Build(Func<Value[], Value> function, Shape[] shapes, DType type)
    {
        var graph = new Graph("check");
        Value[] inputs = [.. shapes.Select((shape, i) => graph.Input($"x{i}", type, shape))];
        var y = function(inputs);
        var weights = graph.Input("weights", type, y.Shape);
        var loss = Op.Sum(Op.Mul(y, weights));
        var gradients = Gradient.Of(loss, inputs);
        graph.Output("loss", Op.Identity(loss));
        for (var i = 0; i < gradients.Count; i++)
        {
            graph.Output($"gradient{i}", Op.Identity(gradients[i]));
        }

        graph.Prune();
        return graph;
    }

    private static bool HasKernels(Graph graph) => graph.Nodes.All(node => node.Function is { } function
        ? HasKernels(function.Body)
        : KernelList.Has("CPU", node.Op == "StopGradient" ? "Identity" : node.Op, "double"));
}
