using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Gives operators of a model to our kernels where ONNX Runtime's are slow, pass by pass. Only the session sees it: a program stays as it was
/// written, and is the passes' oracle.
/// </summary>
internal static class Passes
{
    /// <summary>For the processor.</summary>
    /// <param name="model">A model with <c>jem</c> functions; its nodes are changed.</param>
    /// <param name="direct">Whether operators round as they are defined: no transforms in convolutions, norms apart from what follows them.</param>
    /// <param name="bf16">Whether the factors of products are rounded to bfloat16; not with <paramref name="direct"/>.</param>
    /// <returns>The names of the kernels that it now needs besides.</returns>
    public static IReadOnlyList<string> Apply(ModelProto model, bool direct, bool bf16 = false)
    {
        if (!HasFunctions(model))
        {
            return [];
        }

        var graph = new LoweredGraph(model.Graph);
        Convolutions.Apply(graph, direct);
        ReluGradients.Apply(graph);
        if (!direct)
        {
            NormalizedRelus.Apply(graph);
            GradientSums.Apply(graph);
        }

        if (!direct)
        {
            Products.Apply(graph);
            Transpositions.Apply(graph);
            Expansions.Apply(graph);
        }

        if (bf16)
        {
            Bf16Products.Apply(graph);
        }

        ElementwiseClusters.Apply(graph, exact: direct);
        return graph.Finish();
    }

    // On a GPU starting an operator takes as long as its work on thousands of numbers: even those on one number are joined.
    private const long LeastOnCuda = 1;

    /// <summary>For a GPU, where all gains that makes operators fewer.</summary>
    /// <param name="channelsLast">Whether images lie with channels last between convolutions.</param>
    /// <inheritdoc cref="Apply"/>
    public static IReadOnlyList<string> ApplyCuda(ModelProto model, bool channelsLast)
    {
        if (!HasFunctions(model))
        {
            return [];
        }

        var graph = new LoweredGraph(model.Graph);
        ReluGradients.Apply(graph);
        NormalizedRelus.Apply(graph);
        if (channelsLast)
        {
            ChannelsLast.Apply(graph);
        }

        ElementwiseClusters.Apply(graph, exact: false, LeastOnCuda);
        return graph.Finish();
    }

    private static bool HasFunctions(ModelProto model) => model.OpsetImport.Any(opset => opset.Domain == JemKernels.Domain);
}
