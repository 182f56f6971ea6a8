using Jem.Graphs.Ir;
using Jem.Graphs.Naming;

namespace Jem.Graphs.Optim;

/// <summary>
/// A parameter's next value, of the parameter's shape, from its gradient. What it carries from step to step are states that
/// <see cref="ParameterStep.Carry"/> makes.
/// </summary>
public delegate Value OptimizerRule(ParameterStep step, OptimizerOptions options);

/// <summary>An optimiser in the graph: a row of a catalog.</summary>
/// <param name="Name">As in <c>optimizer.name</c>.</param>
/// <param name="Rule">One parameter's step.</param>
public sealed record Optimizer(string Name, OptimizerRule Rule) : INamed;
