namespace Jem.Graphs.Ir;

/// <summary>A tensor in a graph: an input, a constant, or an output of a node.</summary>
public sealed class Value
{
    internal Value(Graph graph, string name, DType type, Shape shape, Node? producer)
    {
        (Graph, Name, Type, Shape, Producer) = (graph, name, type, shape, producer);
    }

    /// <summary>The graph that it belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>Unique in its graph.</summary>
    public string Name { get; internal set; }

    /// <summary>The type of its elements.</summary>
    public DType Type { get; }

    /// <summary>Its dimensions.</summary>
    public Shape Shape { get; }

    /// <summary>The node that computes it; null for inputs and constants.</summary>
    public Node? Producer { get; }

    /// <summary>The elements when the value is a constant: <c>long[]</c>, <c>double[]</c> (also for float), or null.</summary>
    public Array? Constant { get; internal init; }

    /// <summary>The integers of a constant such as the target of a Reshape.</summary>
    /// <exception cref="GraphException">The value is not an integer constant.</exception>
    public long[] ConstantInts => Constant as long[]
        ?? throw new GraphException($"'{Name}' must be an integer constant known when the graph is built.");

    /// <summary>Whether its elements are real numbers, through which gradients may flow.</summary>
    public bool IsReal => Type is DType.Float or DType.Double;

    /// <summary>Name, type and shape, for messages.</summary>
    public override string ToString() => $"{Name}: {Type.Name()}{Shape}";
}
