using Jem.Graphs.Ir;

namespace Jem.Graphs.Nn;

/// <summary>A tensor that a network owns, and its first values.</summary>
public sealed record Variable(Value Value, Role Role, Init Init);

/// <summary>
/// A network under construction in a graph: its parameters and states, and whether it is built to be trained.
/// A variable's dotted name is its name everywhere: in ONNX, in checkpoints, in exported weights.
/// </summary>
/// <param name="training">Whether batch norm takes the statistics of the batch, or the running ones.</param>
public sealed class Net(Graph graph, bool training)
{
    private readonly List<Variable> _variables = [];
    private readonly Dictionary<Value, Value> _next = [];

    public Graph Graph { get; } = graph;

    public bool Training { get; } = training;

    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>The parameters, in the order of their creation.</summary>
    public IEnumerable<Value> Parameters => _variables.Where(variable => variable.Role == Role.Parameter).Select(variable => variable.Value);

    /// <summary>Opens a part of the network: its variables are named inside it.</summary>
    public IDisposable Enter(string part) => Graph.Enter(part);

    /// <summary>A tensor trained by gradient.</summary>
    public Value Parameter(string name, Shape shape, Init init) => Add(name, shape, Role.Parameter, init);

    /// <summary>A tensor carried from step to step.</summary>
    public Value State(string name, Shape shape, Init init) => Add(name, shape, Role.State, init);

    /// <summary>Says what a parameter or state becomes in the next step.</summary>
    public void Update(Value variable, Value next)
    {
        if (!variable.Shape.Equals(next.Shape))
        {
            throw new GraphException($"'{variable}' cannot become {next.Shape}: the shape of a parameter or state stays.");
        }

        if (!_next.TryAdd(variable, next))
        {
            throw new GraphException($"'{variable.Name}' is updated twice in one step.");
        }
    }

    /// <summary>Declares the updates as outputs of the graph, named after their variables.</summary>
    public void DeclareUpdates()
    {
        foreach (var variable in _variables)
        {
            if (_next.TryGetValue(variable.Value, out var next))
            {
                Graph.Output($"{variable.Value.Name}.next", next, variable.Role, variable.Value.Name);
            }
        }
    }

    private Value Add(string name, Shape shape, Role role, Init init)
    {
        var value = Graph.Input(Graph.Qualify(name), DType.Float, shape, role);
        _variables.Add(new Variable(value, role, init));
        return value;
    }
}
