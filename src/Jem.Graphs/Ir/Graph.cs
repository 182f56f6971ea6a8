namespace Jem.Graphs.Ir;

/// <summary>
/// A graph under construction: nodes in an order in which they can run. Operators append to it (<c>Ops/</c>);
/// nothing is changed in place except by <see cref="Prune"/>.
/// </summary>
public sealed class Graph(string name)
{
    private readonly List<Node> _nodes = [];
    private readonly List<GraphInput> _inputs = [];
    private readonly List<GraphOutput> _outputs = [];
    private readonly Dictionary<string, Value> _constants = [];
    private readonly Dictionary<string, Function> _functions = [];
    private readonly Dictionary<string, int> _counters = [];
    private readonly HashSet<string> _names = [];
    private readonly Stack<string> _scopes = new([""]);

    /// <summary>The name of the stage or of the function.</summary>
    public string Name { get; } = name;

    /// <summary>In an order in which they can run.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<GraphInput> Inputs => _inputs;

    /// <summary>In the order in which they were declared.</summary>
    public IReadOnlyList<GraphOutput> Outputs => _outputs;

    /// <summary>Each value once.</summary>
    public IEnumerable<Value> Constants => _constants.Values;

    /// <summary>The bodies that nodes call.</summary>
    public IEnumerable<Function> Functions => _functions.Values;

    /// <summary>The dotted path of the scopes that are open.</summary>
    public string Scope => _scopes.Peek();

    /// <summary>Opens a scope; what is built until it is disposed is named inside it.</summary>
    public IDisposable Enter(string scope)
    {
        _scopes.Push(Qualify(scope));
        return new ScopeEnd(_scopes);
    }

    /// <summary>A name inside the open scope.</summary>
    public string Qualify(string name) => Scope.Length == 0 ? name : name.Length == 0 ? Scope : $"{Scope}.{name}";

    /// <summary>Adds an input. Its name is taken as it is, without the scope.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Value Input(string name, DType type, Shape shape, Role role = Role.Batch, double? @default = null, Meaning means = Meaning.None)
    {
        Claim(name);
        var value = new Value(this, name, type, shape, null);
        _inputs.Add(new GraphInput(value, role, @default, means));
        return value;
    }

    /// <summary>Declares a value an output and gives it a name of its own.</summary>
    /// <exception cref="GraphException">The name is taken, or the value is not one that a node computes.</exception>
    public void Output(string name, Value value, Role role = Role.Metric, string? next = null, Meaning means = Meaning.None)
    {
        if (value.Graph != this || value.Producer is null || _outputs.Any(output => output.Value == value))
        {
            throw new GraphException(
                $"'{value.Name}' cannot become the output '{name}': it must be computed by a node of '{Name}' and not be an output yet. Wrap it in Identity.");
        }

        Claim(name);
        value.Name = name;
        _outputs.Add(new GraphOutput(value, role, next, means));
    }

    /// <summary>A constant; equal constants are the same value.</summary>
    /// <exception cref="GraphException">The elements do not fill the shape.</exception>
    public Value Constant(DType type, Shape shape, Array elements)
    {
        if (elements.Length != shape.Size)
        {
            throw new GraphException($"A constant of shape {shape} in '{Name}' needs {shape.Size} elements; got {elements.Length}.");
        }

        var key = $"{type}{shape}{string.Join(',', elements.Cast<object>())}";
        if (!_constants.TryGetValue(key, out var value))
        {
            value = new Value(this, NewName("", "constant"), type, shape, null) { Constant = elements };
            _constants.Add(key, value);
        }

        return value;
    }

    /// <summary>The body for a key, built once per graph.</summary>
    public Function Function(string op, string key, Func<Graph> build)
    {
        if (!_functions.TryGetValue(key, out var function))
        {
            function = new Function(NewName("", op), build());
            _functions.Add(key, function);
        }

        return function;
    }

    /// <summary>Appends a node whose outputs have the given types and shapes.</summary>
    /// <exception cref="GraphException">An input belongs to another graph.</exception>
    public Node Append(
        string op, IReadOnlyList<Value> inputs, Attributes attributes, IReadOnlyList<(DType Type, Shape Shape)> outputs, Function? function = null)
    {
        var node = new Node(op, inputs, attributes, NewName(Scope, op), function);
        foreach (var input in inputs)
        {
            if (input.Graph != this)
            {
                throw new GraphException($"{node.Name}: input '{input.Name}' belongs to graph '{input.Graph.Name}', not to '{Name}'.");
            }
        }

        node.Outputs = [.. outputs.Select((type, i) =>
            new Value(this, outputs.Count == 1 ? node.Name : $"{node.Name}.{i}", type.Type, type.Shape, node))];
        _nodes.Add(node);
        return node;
    }

    /// <summary>Removes the nodes, constants and functions that no output needs.</summary>
    public void Prune()
    {
        var needed = new HashSet<Value>(_outputs.Select(output => output.Value));
        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            if (_nodes[i].Outputs.Any(needed.Contains))
            {
                needed.UnionWith(_nodes[i].Inputs);
            }
            else
            {
                _nodes.RemoveAt(i);
            }
        }

        var called = _nodes.Select(node => node.Function).ToHashSet();
        Remove(_functions, function => !called.Contains(function));
        Remove(_constants, constant => !needed.Contains(constant));
    }

    private static void Remove<T>(Dictionary<string, T> items, Func<T, bool> unwanted)
    {
        foreach (var key in items.Where(pair => unwanted(pair.Value)).Select(pair => pair.Key).ToList())
        {
            items.Remove(key);
        }
    }

    private void Claim(string name)
    {
        if (!_names.Add(name))
        {
            throw new GraphException($"The name '{name}' is taken in graph '{Name}'. Names of inputs and outputs must differ.");
        }
    }

    // The only inventor of names; the outputs of a node derive theirs from it.
    private string NewName(string scope, string stem)
    {
        var path = scope.Length == 0 ? stem : $"{scope}.{stem}";
        string name;
        do
        {
            var count = _counters[path] = _counters.GetValueOrDefault(path) + 1;
            name = $"{path}_{count}";
        }
        while (!_names.Add(name));

        return name;
    }

    private sealed class ScopeEnd(Stack<string> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
