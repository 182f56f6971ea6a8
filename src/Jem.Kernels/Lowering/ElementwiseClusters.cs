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

    // Tensors that have one program, in one node: more would keep all of them waiting for the last.
    private const int MostSets = 64;

    /// <param name="exact">Whether only operators are joined that IEEE 754 rounds in one way only.</param>
    /// <param name="least">
    /// The numbers of a tensor from which on it gains; what is said is the processor's. Of fewer, those that only leave the graph, such as what
    /// becomes of the many small parameters, are computed by one node for all that have the same program.
    /// </param>
    public static void Apply(LoweredGraph graph, bool exact, long least = LeastNumbers)
    {
        // ONNX Runtime does so too, but not with what is a kernel's.
        graph.DropDuplicates(node => OpOf(node) is not null);

        // Who reads what is asked of the graph as it was.
        Program[] programs = [.. Find(graph, exact).Select(cluster => ProgramOf(graph, cluster.Nodes, cluster.Last))];
        bool IsLarge(Program program) => Count(graph.Shape(program.Outputs[0])!) >= least;
        bool IsLast(Program program) => program.Outputs.All(output => graph.IsOutput(output) && graph.Users(output).All(program.Nodes.Contains));
        Program[][] replaced =
        [
            .. programs.Where(program => program.Nodes.Length > 1 && IsLarge(program)).Select(program => new[] { program }),
            .. programs.Where(program => !IsLarge(program) && IsLast(program)).GroupBy(program => program.Text).SelectMany(same => same.Chunk(MostSets))
                .Where(sets => sets.Length > 1),
        ];
        Array.ForEach(replaced, sets => Replace(graph, sets));

        // What a cluster computed first may be read before its last node.
        graph.Sort();
    }

    /// <param name="Last">Where its last node stands in the graph.</param>
    /// <param name="Text">Its steps and results in a line.</param>
    private sealed record Program(NodeProto[] Nodes, int Last, string[] Inputs, string[] Outputs, long[] Steps, long[] Results, string Text);

    // Nodes come after those that they need. A node joins the clusters of its inputs, unless something else would have to come both before and after
    // what they become.
    private static List<(NodeProto[] Nodes, int Last)> Find(LoweredGraph graph, bool exact)
    {
        NodeProto[] nodes = [.. graph.Nodes];
        List<int>[] clusters = [.. nodes.Select((_, place) => new List<int> { place })];
        var users = nodes.SelectMany((node, place) => node.Input.Distinct().Select(input => (input, place))).ToLookup(use => use.input, use => use.place);
        var producers = new Dictionary<string, int>();
        for (var place = 0; place < nodes.Length; place++)
        {
            var node = nodes[place];
            if (OpOf(node) is not { } op || (exact && op > ElementwiseOp.Neg) || !IsOfOneShape(graph, node))
            {
                continue;
            }

            // No cluster has a node behind this one: what lies there leads back to none.
            IEnumerable<List<int>> After(List<int> cluster) => cluster.SelectMany(own => nodes[own].Output).SelectMany(output => users[output])
                .Where(user => user <= place).Select(user => clusters[user]);
            producers.Add(node.Output[0], place);
            foreach (var producer in node.Input.Where(producers.ContainsKey).Select(input => producers[input]))
            {
                var (own, other) = (clusters[place], clusters[producer]);
                if (own != other && own.Count + other.Count <= MostSteps && graph.AreAlike(nodes[producer].Output[0], node.Output[0])
                    && !SomethingIsBetween(own, other, After))
                {
                    other.AddRange(own);
                    own.ForEach(moved => clusters[moved] = other);
                }
            }
        }

        return [.. producers.Values.Select(place => clusters[place]).Distinct()
            .Select(cluster => (cluster.Order().Select(place => nodes[place]).ToArray(), cluster.Max()))];
    }

    // Whether another cluster needs one of two and is needed by one of them.
    private static bool SomethingIsBetween(List<int> left, List<int> right, Func<List<int>, IEnumerable<List<int>>> after)
    {
        var (seen, open) = (new HashSet<List<int>>(), new Stack<List<int>>([left, right]));
        while (open.TryPop(out var cluster))
        {
            foreach (var next in after(cluster))
            {
                if (next != left && next != right)
                {
                    if (seen.Add(next))
                    {
                        open.Push(next);
                    }
                }
                else if (cluster != left && cluster != right)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ElementwiseOp? OpOf(NodeProto node) =>
        node is { Domain: "", Input.Count: <= 2, Output.Count: 1 } && Enum.TryParse<ElementwiseOp>(node.OpType, out var op) ? op : null;

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);

    // Of the output's shape, or of one element.
    private static bool IsOfOneShape(LoweredGraph graph, NodeProto node)
    {
        return graph.Shape(node.Output[0]) is { } output && Count(output) > 0 && node.Input.All(input =>
            graph.Shape(input) is { } shape && (shape.SequenceEqual(output) || (Count(shape) == 1 && shape.Length <= output.Length)));
    }

    private static Program ProgramOf(LoweredGraph graph, NodeProto[] cluster, int last)
    {
        var inside = cluster.Select(node => node.Output[0]).ToHashSet();
        var nodes = cluster.ToHashSet(ReferenceEqualityComparer.Instance);
        string[] inputs = [.. cluster.SelectMany(node => node.Input).Where(input => !inside.Contains(input)).Distinct()];
        string[] outputs = [.. cluster.Select(node => node.Output[0])
            .Where(output => graph.IsOutput(output) || graph.Users(output).Any(user => !nodes.Contains(user)))];
        string[] values = [.. inputs, .. cluster.Select(node => node.Output[0])];
        long Place(string name) => Array.IndexOf(values, name);
        long[] steps = [.. cluster.SelectMany(node => new[] { (long)OpOf(node)!.Value, Place(node.Input[0]), Place(node.Input[^1]) })];
        long[] results = [.. outputs.Select(Place)];
        return new Program(cluster, last, inputs, outputs, steps, results, $"{inputs.Length}: {string.Join(' ', steps)}; {string.Join(' ', results)}");
    }

    private static void Replace(LoweredGraph graph, Program[] sets)
    {
        // ONNX Runtime begins with what stands last: there the node of many sets would hold up the others, whose inputs would have to stay.
        var (first, place) = (sets[0], sets.MinBy(set => set.Last)!.Nodes[^1]);
        string[] inputs = [.. sets.SelectMany(set => set.Inputs)], outputs = [.. sets.SelectMany(set => set.Outputs)];
        var attributes = new NodeProto
        {
            Attribute = { Ints("program", first.Steps), Ints("results", first.Results), Int("inputs", first.Inputs.Length), Int("sets", sets.Length) },
        };
        graph.Replace(
            place, $"{ElementwiseProgram.Base}_{inputs.Length}_{outputs.Length}", attributes, inputs, outputs,
            [.. sets.SelectMany(set => set.Nodes).Where(node => node != place)]);
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
