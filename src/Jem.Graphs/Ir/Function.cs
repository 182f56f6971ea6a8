namespace Jem.Graphs.Ir;

/// <summary>
/// A <c>jem</c> function: a body in standard operators that ONNX Runtime inlines,
/// unless a kernel is registered under the same name. Bodies are specialised to the shapes of a call.
/// </summary>
/// <param name="Name">Unique in the model: the operator's name, an underscore and a number.</param>
/// <param name="Body">A graph whose inputs and outputs are the function's.</param>
public sealed record Function(string Name, Graph Body);
