using Jem.Trainer.Sessions;

namespace Jem.Trainer.Profiling;

/// <summary>
/// How many operations a node takes, by the shapes that it was run on: a multiplication and an addition count as two. Convolutions and their
/// gradients count as they are defined, 2 · outputs · taps · channels of a group, taps that lie in the padding included. Winograd's transforms
/// take fewer, so such a node may seem faster than the machine. Everything else is counted roughly, by how many numbers go through: it waits for
/// memory, and what matters there is bytes.
/// </summary>
internal static class NodeOperations
{
    // Of each number of the activations: statistics, then what is made of them.
    private static readonly Dictionary<string, int> s_perNumber = new()
    {
        ["BatchNormTraining"] = 6,
        ["BatchNormRelu"] = 7,
        ["BatchNormAddRelu"] = 8,
        ["BatchNormGrad"] = 8,
        ["BatchNormReluGrad"] = 9,
        ["BatchNormAddReluGrad"] = 9,
        ["BatchNormAddReluGradOfSum"] = 10,
        ["LayerNormGrad"] = 17,
        ["SoftmaxGrad"] = 4,
    };

    // They only move numbers.
    private static readonly HashSet<string> s_moves =
    [
        "Cast", "Concat", "ConstantOfShape", "Expand", "ExpandLast", "Flatten", "Gather", "GatherElements", "GatherND", "Identity", "MemcpyFromHost",
        "MemcpyToHost", "Pad", "Reshape", "ScatterElements", "ScatterND", "Shape", "Slice", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
    ];

    // They give the same numbers another shape, most often without a touch.
    private static readonly HashSet<string> s_renames = ["Flatten", "Reshape", "Squeeze", "Unsqueeze"];

    /// <summary>Operations of one run.</summary>
    public static double Count(NodeTimes node) => node switch
    {
        // Each number of a result is a sum over the filter's other dimensions; the gradients take the same products in another order.
        { Operator: "Conv" or "ConvBias" or "FusedConv", Inputs: [_, var filter, ..], Outputs: [var y, ..] } => 2.0 * y.Numbers * PerFirst(filter),
        { Operator: "ConvTranspose" or "ConvGradInput", Inputs: [var y, var filter, ..] } => 2.0 * y.Numbers * PerFirst(filter),
        { Operator: "ConvGradWeight", Inputs: [_, var y, ..], Outputs: [var filter, ..] } => 2.0 * y.Numbers * PerFirst(filter),
        { Operator: "MatMul" or "FusedMatMul" or "Gemm" or "FusedGemm", Inputs: [var a, var b, ..], Outputs: [var y, ..] } =>
            2.0 * y.Numbers * Inner(a, b, y),
        { Operator: "BatchedProduct", Inputs: [var a, var b], Outputs: [var y] } => 2.0 * y.Numbers * Summed(a, b, y),
        { Inputs: [var x, ..] } when s_perNumber.TryGetValue(node.Operator, out var each) => (double)each * x.Numbers,

        // A program of steps has about as many as inputs.
        { Operator: "Elementwise" } => (double)node.Inputs.Count * Largest(node),
        _ => s_moves.Contains(node.Operator) ? 0 : Largest(node),
    };

    /// <summary>Bytes that one run reads and writes, as if each input and output went through memory once.</summary>
    public static double Bytes(NodeTimes node) =>
        s_renames.Contains(node.Operator) ? 0 : node.Inputs.Concat(node.Outputs).Sum(tensor => (double)tensor.Bytes);

    // Of a filter [O, C / groups, taps]: products of one output.
    private static long PerFirst(ProfiledTensor filter) => filter.Numbers / filter.Shape[0];

    // The dimension that is added up, of matrices [m, k] and [k, n] that make [m, n]: mk · kn / mn = k², whichever of them is transposed.
    private static double Inner(ProfiledTensor a, ProfiledTensor b, ProfiledTensor y) => Math.Sqrt(Matrix(a) * Matrix(b) / Matrix(y));

    // The same where axes lie in any order: of the sizes of a factor, the one that the result lacks.
    private static long Summed(ProfiledTensor a, ProfiledTensor b, ProfiledTensor y)
    {
        static IEnumerable<long> Lacks(ProfiledTensor factor, ProfiledTensor y)
        {
            var left = y.Shape.ToList();
            return factor.Shape.Where(size => !left.Remove(size)).ToList();
        }

        return Lacks(a, y).Concat(Lacks(b, y)).Append(y.Shape[^1]).First();
    }

    // A vector is a matrix of one row.
    private static double Matrix(ProfiledTensor tensor) => tensor.Shape.TakeLast(2).Aggregate(1.0, (product, size) => product * size);

    private static long Largest(NodeTimes node) => node.Inputs.Concat(node.Outputs).Select(tensor => tensor.Numbers).DefaultIfEmpty().Max();
}
