using Jem.Trainer.Sessions;

namespace Jem.Trainer.Profiling;

/// <summary>A kind of nodes, or a single node, in a step.</summary>
/// <param name="Operator">The kind: an operator's or a function's name.</param>
/// <param name="Node">The name of the node; null for a kind.</param>
/// <param name="Shapes">Of its inputs and outputs; null for a kind.</param>
/// <param name="Calls">In a step.</param>
/// <param name="Ms">Of all calls of a step, the median of the steps.</param>
/// <param name="Share">Of the step that was profiled, from 0 to 1.</param>
/// <param name="Operations">Of all calls of a step, as <see cref="NodeOperations"/> counts them.</param>
/// <param name="Bytes">That all calls of a step read and write.</param>
/// <param name="Gflops">Billions of operations a second; null of a node that only moves numbers.</param>
/// <param name="PeakShare">Of the machine's; above 1 where Winograd's transforms take fewer operations. Null as well where no peak was measured.</param>
/// <param name="GbPerSecond">Billions of bytes a second; above the memory's where they come from caches. Null of a node that moves none.</param>
internal sealed record ProfileRow(
    string Operator,
    string? Node,
    string? Shapes,
    int Calls,
    double Ms,
    double Share,
    double Operations,
    double Bytes,
    double? Gflops,
    double? PeakShare,
    double? GbPerSecond)
{
    /// <summary>Rows of a step, the slowest first.</summary>
    /// <param name="stepMs">The step of which a row has a share.</param>
    /// <param name="peaks">Null where they were not measured.</param>
    /// <param name="byNode">Whether a row is a single node.</param>
    public static IReadOnlyList<ProfileRow> Of(IReadOnlyList<NodeTimes> nodes, double stepMs, MachinePeaks? peaks, bool byNode) =>
    [
        .. nodes.GroupBy(node => byNode ? node.Node : node.Operator)
            .Select(group => Row([.. group], stepMs, peaks, byNode))
            .OrderByDescending(row => row.Ms),
    ];

    /// <summary>Milliseconds of some nodes in a step: the median of the steps.</summary>
    public static double Milliseconds(IReadOnlyList<NodeTimes> nodes) =>
        Median([.. Enumerable.Range(0, nodes[0].Milliseconds.Count).Select(step => nodes.Sum(node => node.Milliseconds[step]))]);

    /// <summary>The value in the middle, or the mean of the two that are there.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static ProfileRow Row(IReadOnlyList<NodeTimes> nodes, double stepMs, MachinePeaks? peaks, bool byNode)
    {
        double Sum(Func<NodeTimes, double> count) => nodes.Sum(node => count(node) * node.Calls);
        var (ms, operations, bytes) = (Milliseconds(nodes), Sum(NodeOperations.Count), Sum(NodeOperations.Bytes));
        double? Billions(double count) => count > 0 && ms > 0 ? count / ms / 1e6 : null;
        return new ProfileRow(
            nodes[0].Operator,
            byNode ? nodes[0].Node : null,
            byNode ? $"{string.Join(' ', nodes[0].Inputs)} → {string.Join(' ', nodes[0].Outputs)}" : null,
            nodes.Sum(node => node.Calls),
            ms,
            ms / stepMs,
            operations,
            bytes,
            Billions(operations),
            Billions(operations) / peaks?.Gflops,
            Billions(bytes));
    }
}
