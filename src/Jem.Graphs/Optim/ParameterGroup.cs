using Jem.Graphs.Ir;

namespace Jem.Graphs.Optim;

/// <summary>Parameters that are trained in another way than the rest.</summary>
/// <param name="Part">The part of the network: parameters whose dotted name begins with it.</param>
public sealed record ParameterGroup(string Part)
{
    /// <summary>Their own learning rate, a scalar.</summary>
    public Value? LearningRate { get; init; }

    /// <summary>They move only while this scalar is 1, and neither momentum nor weight decay act while it is 0.</summary>
    public Value? Trains { get; init; }

    internal bool Has(Value parameter) => parameter.Name.StartsWith($"{Part}.", StringComparison.Ordinal);
}
