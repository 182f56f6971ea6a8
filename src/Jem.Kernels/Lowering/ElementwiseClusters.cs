using Jem.Kernels.Cpu.Elementwise;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>
/// Standard operators on tensors of one shape that follow one another, such as an optimiser's on a parameter, as one node: the numbers go through
/// memory once. The bits stay as they are, but for exp's and erf's.
/// </summary>
internal static class ElementwiseClusters
{
    /// <summary>A cluster has no more operators: on the processor each has room for a block of numbers in the first two caches.</summary>
    public const int MostSteps = 24;

    // Of fewer numbers, which stay in a cache anyway, the call of one kernel of ours takes longer than those of several of ONNX Runtime.
    private const long LeastNumbers = 1 << 14;

    /// <param name="exact">Whether only operators are joined that IEEE 754 rounds in one way only.</param>
    /// <param name="least">The numbers of a tensor from which on it gains; what is said is the processor's.</param>
    public static void Apply(LoweredGraph graph, bool exact, long least = LeastNumbers)
    {
        // Who reads what is asked of the graph as it was.
        Action[] replacements = [.. Find(graph, exact, least).Where(cluster => cluster.Nodes.Count > 1).Select(cluster => Replacement(graph, cluster))];
        Array.ForEach(replacements, replace => replace());
    }

    private sealed class Cluster
    {
        public List<NodeProto> Nodes { get; } = [];

        /// <summary>Clusters that something of this one's inputs needs.</summary>
        public HashSet<Cluster> Needs { get; } = [];

        public bool Reaches(Cluster other) => Reaches(other, []);

        private bool Reaches(Cluster other, HashSet<Cluster> seen) =>
            this == other || (seen.Add(this) && Needs.Any(needed => needed.Reaches(other, seen)));
    }

    // Nodes come after those that they need. A node joins the cluster of one of its inputs, unless another of its inputs needs that cluster too by a
    // way around: then the cluster would have to wait for itself.
    private static List<Cluster> Find(LoweredGraph graph, bool exact, long least)
    {
        var (all, home, needs) = (new List<Cluster>(), new Dictionary<string, Cluster>(), new Dictionary<string, HashSet<Cluster>>());
        HashSet<Cluster> NeedsOf(string input) => home.TryGetValue(input, out var own) ? [own] : needs.TryGetValue(input, out var those) ? those : [];
        foreach (var node in graph.Nodes)
        {
            if (OpOf(node) is not { } op || (exact && op > ElementwiseOp.Neg) || !IsOfOneShape(graph, node, least))
            {
                var needed = node.Input.SelectMany(NeedsOf).ToHashSet();
                foreach (var output in node.Output)
                {
                    needs[output] = needed;
                }

                continue;
            }

            var cluster = node.Input.Select(input => home.GetValueOrDefault(input)).OfType<Cluster>().Distinct()
                .FirstOrDefault(candidate => candidate.Nodes.Count < MostSteps
                    && graph.AreAlike(candidate.Nodes[0].Output[0], node.Output[0])
                    && !node.Input.Where(input => home.GetValueOrDefault(input) != candidate).SelectMany(NeedsOf).Any(other => other.Reaches(candidate)));
            if (cluster is null)
            {
                all.Add(cluster = new Cluster());
            }

            cluster.Nodes.Add(node);
            cluster.Needs.UnionWith(node.Input.Where(input => home.GetValueOrDefault(input) != cluster).SelectMany(NeedsOf));
            home[node.Output[0]] = cluster;
        }

        return all;
    }

    private static ElementwiseOp? OpOf(NodeProto node) =>
        node.Domain.Length == 0 && Enum.TryParse<ElementwiseOp>(node.OpType, out var op) && node.Output.Count == 1 ? op : null;

    // Of the output's shape, or of one element.
    private static bool IsOfOneShape(LoweredGraph graph, NodeProto node, long least)
    {
        static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
        return graph.Shape(node.Output[0]) is { } output && Count(output) >= least && node.Input.All(input =>
            graph.Shape(input) is { } shape && (shape.SequenceEqual(output) || (Count(shape) == 1 && shape.Length <= output.Length)));
    }

    private static Action Replacement(LoweredGraph graph, Cluster cluster)
    {
        var inside = cluster.Nodes.Select(node => node.Output[0]).ToHashSet();
        var nodes = cluster.Nodes.ToHashSet(ReferenceEqualityComparer.Instance);
        string[] inputs = [.. cluster.Nodes.SelectMany(node => node.Input).Where(input => !inside.Contains(input)).Distinct()];
        string[] outputs = [.. cluster.Nodes.Select(node => node.Output[0])
            .Where(output => graph.IsOutput(output) || graph.Users(output).Any(user => !nodes.Contains(user)))];
        string[] values = [.. inputs, .. cluster.Nodes.Select(node => node.Output[0])];
        long Place(string name) => Array.IndexOf(values, name);
        var program = new NodeProto
        {
            Attribute =
            {
                Ints("program", cluster.Nodes.SelectMany(node => new[] { (long)OpOf(node)!.Value, Place(node.Input[0]), Place(node.Input[^1]) })),
                Ints("results", outputs.Select(Place)),
                new AttributeProto { Name = "inputs", Type = AttributeProto.Types.AttributeType.Int, I = inputs.Length },
            },
        };
        return () => graph.Replace(
            cluster.Nodes[^1], $"{ElementwiseProgram.Base}_{inputs.Length}_{outputs.Length}", program, inputs, outputs, [.. cluster.Nodes.SkipLast(1)]);
    }

    private static AttributeProto Ints(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
