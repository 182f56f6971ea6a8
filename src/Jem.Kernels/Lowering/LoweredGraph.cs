using System.Runtime.InteropServices;
using Onnx;

namespace Jem.Kernels.Lowering;

/// <summary>A graph whose nodes passes give to our kernels.</summary>
internal sealed class LoweredGraph
{
    private readonly GraphProto _graph;
    private readonly HashSet<string> _outputs, _constants, _needed = [];
    private readonly Dictionary<string, long[]> _shapes;
    private readonly HashSet<NodeProto> _gone = new(ReferenceEqualityComparer.Instance);
    private Dictionary<string, List<NodeProto>>? _users;

    public LoweredGraph(GraphProto graph)
    {
        _graph = graph;
        _outputs = [.. graph.Output.Select(output => output.Name)];
        _constants = [.. graph.Initializer.Select(tensor => tensor.Name)];
        _shapes = graph.Input.Concat(graph.Output).Concat(graph.ValueInfo)
            .Where(value => value.Type.TensorType.ElemType == (int)TensorProto.Types.DataType.Float)
            .GroupBy(value => value.Name)
            .ToDictionary(values => values.Key, values => values.First().Type.TensorType.Shape.Dim.Select(dim => dim.DimValue).ToArray());
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float))
        {
            _shapes[tensor.Name] = [.. tensor.Dims];
        }
    }

    public IEnumerable<NodeProto> Nodes => _graph.Node.Where(node => !_gone.Contains(node));

    /// <summary>Takes what was replaced out of the graph.</summary>
    /// <returns>The names of the kernels that it now needs, in order.</returns>
    public IReadOnlyList<string> Finish()
    {
        NodeProto[] kept = [.. Nodes];
        _graph.Node.Clear();
        _graph.Node.AddRange(kept);
        var computed = kept.SelectMany(node => node.Output).ToHashSet();
        ValueInfoProto[] values = [.. _graph.ValueInfo.Where(value => computed.Contains(value.Name))];
        _graph.ValueInfo.Clear();
        _graph.ValueInfo.AddRange(values);
        var kernels = kept.Where(node => node.Domain == JemKernels.Domain).Select(node => node.OpType);
        return [.. kernels.Where(_needed.Contains).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a tensor is not computed.</summary>
    public bool IsConstant(string name) => _constants.Contains(name);

    /// <summary>The shape of a tensor of float32; null where it is another or unknown.</summary>
    public long[]? Shape(string name) => _shapes.GetValueOrDefault(name);

    /// <summary>The numbers of a constant of int64; null where it is none.</summary>
    public long[]? Integers(string name) => _graph.Initializer.FirstOrDefault(tensor => tensor.Name == name) is
    { DataType: (int)TensorProto.Types.DataType.Int64 } constant
        ? constant.RawData.Length > 0 ? MemoryMarshal.Cast<byte, long>(constant.RawData.Span).ToArray() : [.. constant.Int64Data]
        : null;

    /// <summary>Whether a tensor leaves the graph.</summary>
    public bool IsOutput(string name) => _outputs.Contains(name);

    /// <summary>Whether two tensors of float32 have the same shape.</summary>
    public bool AreAlike(string left, string right) => Shape(left) is { } a && Shape(right) is { } b && a.SequenceEqual(b);

    /// <summary>The nodes that read a tensor, each once; an output of the graph has nobody to rely on.</summary>
    public IReadOnlyList<NodeProto> Users(string name)
    {
        if (_users is null)
        {
            _users = [];
            foreach (var node in Nodes)
            {
                Learn(node);
            }
        }

        return _users.TryGetValue(name, out var users) ? [.. users] : [];
    }

    private void Learn(NodeProto node)
    {
        foreach (var input in node.Input.Distinct())
        {
            if (!_users!.TryGetValue(input, out var users))
            {
                _users[input] = users = [];
            }

            users.Add(node);
        }
    }

    private void Forget(NodeProto node)
    {
        foreach (var input in node.Input.Distinct().Where(_users!.ContainsKey))
        {
            _users![input].RemoveAll(user => ReferenceEquals(user, node));
        }
    }

    /// <summary>The only node that reads a tensor, if it is a standard operator of that name.</summary>
    public NodeProto? OnlyUser(string name, string operatorName) =>
        !_outputs.Contains(name) && Users(name) is [{ Domain: "" } only] && only.OpType == operatorName ? only : null;

    /// <summary>Whether a node needs, through others, what another computes.</summary>
    public bool LeadsTo(NodeProto from, NodeProto to)
    {
        var (open, seen) = (new Stack<NodeProto>([from]), new HashSet<NodeProto>(ReferenceEqualityComparer.Instance));
        while (open.TryPop(out var node))
        {
            foreach (var user in node.Output.SelectMany(Users).Where(seen.Add))
            {
                if (user == to)
                {
                    return true;
                }

                open.Push(user);
            }
        }

        return false;
    }

    /// <summary>Makes a node a kernel's, in place of itself and of others.</summary>
    /// <param name="attributes">The node whose attributes it has.</param>
    public void Replace(NodeProto node, string kernel, NodeProto attributes, string[] inputs, string[] outputs, params NodeProto[] others)
    {
        if (_users is not null)
        {
            Forget(node);
            Array.ForEach(others, Forget);
        }

        AttributeProto[] kept = [.. attributes.Attribute];
        (node.OpType, node.Domain) = (kernel, JemKernels.Domain);
        node.Attribute.Clear();
        node.Attribute.AddRange(kept);
        node.Input.Clear();
        node.Input.AddRange(inputs);
        node.Output.Clear();
        node.Output.AddRange(outputs);
        _gone.UnionWith(others);
        _needed.Add(kernel);
        if (_users is not null)
        {
            Learn(node);
        }
    }

    /// <summary>Takes nodes out whose results nobody reads any more, and those that only they read.</summary>
    public void DropUnread(IEnumerable<NodeProto> nodes)
    {
        // Later nodes read earlier ones.
        foreach (var node in nodes.Reverse().Where(node => !node.Output.Any(output => IsOutput(output) || Users(output).Count > 0)))
        {
            _gone.Add(node);
            _users = null;
        }
    }

    /// <summary>Puts nodes behind those that they need.</summary>
    public void Sort()
    {
        NodeProto[] nodes = [.. Nodes];
        var producers = nodes.SelectMany(node => node.Output.Where(output => output.Length > 0).Select(output => (output, node))).ToDictionary();
        var (sorted, seen) = (new List<NodeProto>(), new HashSet<NodeProto>(ReferenceEqualityComparer.Instance));
        void Take(NodeProto node)
        {
            if (seen.Add(node))
            {
                foreach (var input in node.Input.Where(producers.ContainsKey))
                {
                    Take(producers[input]);
                }

                sorted.Add(node);
            }
        }

        Array.ForEach(nodes, Take);
        _graph.Node.Clear();
        _graph.Node.AddRange(sorted);
        _users = null;
    }

    /// <summary>Takes other nodes in place of all that there are, kernels of ours among them.</summary>
    public void Rewrite(IEnumerable<NodeProto> nodes)
    {
        NodeProto[] all = [.. nodes];
        _needed.UnionWith(all.Where(node => node.Domain == JemKernels.Domain).Select(node => node.OpType));
        _graph.Node.Clear();
        _graph.Node.AddRange(all);
        _users = null;
    }

    /// <summary>Of nodes without attributes and with one output, keeps the first that computes the same from the same.</summary>
    public void DropDuplicates(Func<NodeProto, bool> which)
    {
        // Later nodes read earlier ones: the inputs of a node are renamed when its turn comes.
        var firsts = new Dictionary<string, string>();
        foreach (var node in Nodes.Where(which).Where(node => !IsOutput(node.Output[0])).ToList())
        {
            var (computed, own) = ($"{node.OpType} {string.Join(' ', node.Input)}", node.Output[0]);
            if (firsts.TryAdd(computed, own))
            {
                continue;
            }

            foreach (var user in Users(own))
            {
                for (var i = 0; i < user.Input.Count; i++)
                {
                    user.Input[i] = user.Input[i] == own ? firsts[computed] : user.Input[i];
                }
            }

            _gone.Add(node);
        }

        _users = null;
    }

    /// <summary>Gives a node as it is to a kernel.</summary>
    public void Give(NodeProto node, string kernel)
    {
        (node.OpType, node.Domain) = (kernel, JemKernels.Domain);
        _needed.Add(kernel);
    }
}
