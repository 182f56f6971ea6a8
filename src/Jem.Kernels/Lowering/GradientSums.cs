using Jem.Kernels.Cpu.Norm;

namespace Jem.Kernels.Lowering;

/// <summary>
/// What a residual block's output gets back from its two readers is added where the gradient of its norm reads it, and goes to memory no more. It follows
/// <see cref="NormalizedRelus"/>.
/// </summary>
internal static class GradientSums
{
    public static void Apply(LoweredGraph graph)
    {
        var sums = graph.Nodes.Where(node => node is { OpType: "Add", Domain: "" }).ToDictionary(node => node.Output[0]);
        foreach (var gradient in graph.Nodes.Where(node => node is { OpType: BatchNormGrad.AddRelu, Domain: JemKernels.Domain }).ToList())
        {
            if (sums.TryGetValue(gradient.Input[1], out var sum) && !graph.IsOutput(sum.Output[0]) && graph.Users(sum.Output[0]).Count == 1
                && sum.Input.All(input => graph.AreAlike(input, sum.Output[0])))
            {
                string[] inputs = [gradient.Input[0], sum.Input[0], .. gradient.Input.Skip(2), sum.Input[1]];
                graph.Replace(gradient, BatchNormGrad.AddReluOfSum, gradient, inputs, [.. gradient.Output], sum);
            }
        }
    }
}
