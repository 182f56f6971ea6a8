namespace Jem.Graphs.Ir;

/// <summary>A graph was built wrongly: the message names the operator, the place, what it got and what it expected.</summary>
public sealed class GraphException(string message) : Exception(message);
