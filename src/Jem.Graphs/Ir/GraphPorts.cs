namespace Jem.Graphs.Ir;

/// <summary>An input of a graph.</summary>
/// <param name="Default">A scalar's value when no schedule sets it.</param>
/// <param name="Means">What a scalar stands for.</param>
public sealed record GraphInput(Value Value, Role Role, double? Default, Meaning Means);

/// <summary>An output of a graph.</summary>
/// <param name="Next">The name of the input that this output becomes in the next step.</param>
/// <param name="Means">What a metric stands for.</param>
public sealed record GraphOutput(Value Value, Role Role, string? Next, Meaning Means);
