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

    public IReadOnlyList<Value> Inputs { get; }

    public Attributes Attributes { get; }

    /// <summary>Scope and number, such as <c>layer1.0.conv1.Conv_3</c>.</summary>
    public string Name { get; }

    /// <summary>The body when the node calls a <c>jem</c> function.</summary>
    public Function? Function { get; }

    public IReadOnlyList<Value> Outputs { get; internal set; } = [];

    public Value Input(int index) => Inputs[index];

    public Value Output(int index = 0) => Outputs[index];

    public override string ToString() => $"{Name}({string.Join(", ", Inputs)}) {Attributes}";
}
