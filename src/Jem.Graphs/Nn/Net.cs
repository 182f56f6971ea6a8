using Jem.Graphs.Ir;

namespace Jem.Graphs.Nn;

/// <summary>A tensor that a network owns, and its first values.</summary>
public sealed record Variable(Value Value, Role Role, Init Init)
{
    /// <summary>The student's parameter that this one of a teacher follows, and as which it begins; null without one.</summary>
    public Value? Follows { get; init; }

    /// <summary>Whether weight decay and layer-wise adaptation may apply.</summary>
    public bool Regularized { get; init; } = true;

    /// <summary>The name that first values are drawn by: a teacher begins as its student.</summary>
    public string DrawnAs => (Follows ?? Value).Name;
}

/// <summary>
/// A network under construction in a graph: its parameters and states, and whether it is built to be trained.
/// A variable's dotted name is its name everywhere: in ONNX, in checkpoints, in exported weights.
/// </summary>
/// <param name="training">Whether batch norm takes the statistics of the batch, or the running ones.</param>
public sealed class Net(Graph graph, bool training)
{
    /// <summary>The part of the network that a teacher's variables are named inside.</summary>
    public const string TeacherScope = "teacher";

    private readonly Dictionary<string, Variable> _variables = [];
    private readonly Dictionary<Value, Value> _next = [];
    private readonly List<(Value Parameter, Func<Value, Value> Projection)> _constraints = [];
    private bool _shared;
    private bool _teacher;

    /// <summary>The graph in which it is built.</summary>
    public Graph Graph { get; } = graph;

    /// <summary>Whether batch norm takes the statistics of the batch, or the running ones.</summary>
    public bool Training { get; } = training;

    /// <summary>Into how many groups of images batch norm parts its batch.</summary>
    public int NormSplits { get; private set; } = 1;

    /// <summary>In the order of their creation.</summary>
    public IReadOnlyCollection<Variable> Variables => _variables.Values;

    /// <summary>The parameters, in the order of their creation.</summary>
    public IEnumerable<Value> Parameters => _variables.Values.Where(variable => variable.Role == Role.Parameter).Select(variable => variable.Value);

    /// <summary>Opens a part of the network: its variables are named inside it.</summary>
    public IDisposable Enter(string part) => Graph.Enter(part);

    /// <summary>
    /// Opens a teacher of the network that was built before: what is built inside is named <c>teacher.…</c>, and its parameters are states
    /// that begin as the student's and follow them (<see cref="Ema"/>). Running statistics are its own.
    /// </summary>
    public IDisposable Teacher()
    {
        var scope = Graph.Enter(TeacherScope);
        _teacher = true;
        return new End(() =>
        {
            _teacher = false;
            scope.Dispose();
        });
    }

    /// <summary>Takes several inputs through one network: the first call makes its variables, the others share them.</summary>
    public IReadOnlyList<Value> Each(IEnumerable<Value> inputs, Func<Value, Value> network)
    {
        var (outputs, outer) = (new List<Value>(), _shared);
        foreach (var input in inputs)
        {
            outputs.Add(network(input));
            _shared = true;
        }

        _shared = outer;
        return outputs;
    }

    /// <summary>
    /// Makes every batch norm inside see its batch in so many groups: what is left of batch norm on as many machines (MoCo,
    /// arXiv:1911.05722, section 3.3).
    /// </summary>
    public IDisposable SplitNorm(int splits)
    {
        var outer = NormSplits;
        NormSplits = splits;
        return new End(() => NormSplits = outer);
    }

    /// <summary>A tensor trained by gradient.</summary>
    /// <param name="regularized">Whether weight decay may apply, which it does to rank 2 and above.</param>
    public Value Parameter(string name, Shape shape, Init init, bool regularized = true) =>
        Add(name, shape, _teacher ? Role.State : Role.Parameter, init, regularized);

    /// <summary>A tensor carried from step to step.</summary>
    public Value State(string name, Shape shape, Init init) => Add(name, shape, Role.State, init, regularized: false, follows: false);

    /// <summary>What a variable is after the updates so far.</summary>
    public Value Latest(Value variable) => _next.GetValueOrDefault(variable, variable);

    /// <summary>Says what a parameter or state becomes in the next step, once.</summary>
    public void Update(Value variable, Value next)
    {
        if (_next.ContainsKey(variable))
        {
            throw new GraphException($"'{variable.Name}' is updated twice in one step.");
        }

        Update(variable, _ => next);
    }

    /// <summary>Changes what a parameter or state becomes in the next step, from what it would have become.</summary>
    public void Update(Value variable, Func<Value, Value> change)
    {
        var next = change(Latest(variable));
        _next[variable] = variable.Shape.Equals(next.Shape)
            ? next
            : throw new GraphException($"'{variable}' cannot become {next.Shape}: the shape of a parameter or state stays.");
    }

    /// <summary>Keeps a parameter on a set, such as rows of unit length: it is projected after each step.</summary>
    public void Constrain(Value parameter, Func<Value, Value> projection) => _constraints.Add((parameter, projection));

    /// <summary>Projects what is constrained; after the optimiser.</summary>
    public void Project() => _constraints.ForEach(constraint => Update(constraint.Parameter, constraint.Projection));

    /// <summary>Declares the updates as outputs of the graph, named after their variables.</summary>
    public void DeclareUpdates()
    {
        foreach (var variable in Variables)
        {
            if (_next.TryGetValue(variable.Value, out var next))
            {
                Graph.Output($"{variable.Value.Name}.next", next, variable.Role, variable.Value.Name);
            }
        }
    }

    private Value Add(string name, Shape shape, Role role, Init init, bool regularized, bool follows = true)
    {
        var qualified = Graph.Qualify(name);
        if (_shared && _variables.TryGetValue(qualified, out var known))
        {
            return known.Value.Shape.Equals(shape)
                ? known.Value
                : throw new GraphException($"'{known.Value}' is shared by inputs that need it to be {shape}.");
        }

        var student = _teacher && follows ? Student(qualified) : null;
        var value = Graph.Input(qualified, DType.Float, shape, role);
        _variables.Add(qualified, new Variable(value, role, init) { Follows = student, Regularized = regularized });
        return value;
    }

    private Value Student(string teacher) => _variables.TryGetValue(teacher[(TeacherScope.Length + 1)..], out var student)
        ? student.Value
        : throw new GraphException($"'{teacher}' has no student to follow: build the student first, by the same names.");

    private sealed class End(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
