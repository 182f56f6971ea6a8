namespace Jem.Graphs.Ir;

/// <summary>An application of an operator.</summary>
public sealed class Node
{
    internal Node(string op, IReadOnlyList<Value> inputs, Attributes attributes, string name, Function? function)
    {
        (Op, Inputs, Attributes, Name, Function) = (op, inputs, attributes, name, function);
    }

    /// <summary>The operator: ONNX's name, or the base name of a <c>jem</c> function.</summary>
    public string Op { get; }

    /// <summary>The values that it reads, in the order of the operator.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>What of the operator is fixed when the graph is built.</summary>
    public Attributes Attributes { get; }

    /// <summary>Scope and number, such as <c>layer1.0.conv1.Conv_3</c>.</summary>
    public string Name { get; }

    /// <summary>The body when the node calls a <c>jem</c> function.</summary>
    public Function? Function { get; }

    /// <summary>The values that it computes.</summary>
    public IReadOnlyList<Value> Outputs { get; internal set; } = [];

    /// <summary>The value that it reads at a place.</summary>
    public Value Input(int index) => Inputs[index];

    /// <summary>The value that it computes at a place.</summary>
    public Value Output(int index = 0) => Outputs[index];

    /// <summary>Name, inputs and attributes, for messages.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Inputs)}) {Attributes}";
}
