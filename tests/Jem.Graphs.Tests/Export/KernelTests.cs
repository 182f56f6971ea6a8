using Jem.Graphs.Ir;
using Jem.Graphs.Tests.Grad;
using Jem.Graphs.Tests.Ops;

namespace Jem.Graphs.Tests.Export;

public class KernelTests
{
    [Test]
    public void Every_node_of_a_program_has_a_kernel(
        [ValueSource(typeof(Programs), nameof(Programs.Names))] string program, [Values("CPU", "CUDA")] string provider)
    {
        var missing = Programs.Build(program).Stages.SelectMany(Nodes).Where(node => !HasKernel(provider, node)).Select(node => $"{node}");
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Every_operator_and_its_gradient_have_kernels(
        [ValueSource(typeof(GradientCases), nameof(GradientCases.All))] GradientCase use, [Values("CPU", "CUDA")] string provider)
    {
        var missing = Nodes(DirectionalDerivative.Build(use.Build, use.Inputs, DType.Float)).Where(node => !HasKernel(provider, node))
            .Select(node => $"{node}");
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void An_operator_without_a_kernel_is_noticed()
    {
        Assert.That(KernelList.Has("CPU", "Bernoulli"), Is.False);
        Assert.That(KernelList.Has("CUDA", "Col2Im"), Is.False);
        Assert.That(KernelList.Has("CPU", "Conv", "float"), Is.True);
        Assert.That(KernelList.Has("CPU", "Conv", "bool"), Is.False);
    }

    /// <summary>The nodes of standard operators, those of function bodies among them.</summary>
    private static IEnumerable<Node> Nodes(Graph graph) =>
        graph.Nodes.Where(node => node.Function is null).Concat(graph.Functions.SelectMany(function => Nodes(function.Body)));

    private static bool HasKernel(string provider, Node node)
    {
        var op = node.Op == "StopGradient" ? "Identity" : node.Op;

        // The list does not say that a condition is bool, for it can be nothing else.
        var input = node.Inputs[op == "Where" ? 1 : 0];
        return node.Outputs.Append(input).All(value => KernelList.Has(provider, op, OnnxName(value.Type)));
    }

    private static string OnnxName(DType type) => type switch { DType.Float => "float", DType.Double => "double", _ => type.Name() };
}
