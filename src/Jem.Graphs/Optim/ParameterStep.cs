using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Optim;

/// <summary>What a rule knows of one parameter's step.</summary>
/// <param name="Net">The network, in whose scope <c>optimizer</c> states are named.</param>
/// <param name="Parameter">What it is now.</param>
/// <param name="Gradient">Of the loss, of the parameter's shape, clipped already.</param>
/// <param name="LearningRate">A scalar.</param>
/// <param name="WeightDecay">λ, a scalar; null for a parameter that has none.</param>
/// <param name="Regularized">Whether layer-wise adaptation applies.</param>
/// <param name="Trains">A condition under which the parameter moves at all; null always.</param>
public sealed record ParameterStep(Net Net, Value Parameter, Value Gradient, Value LearningRate, Value? WeightDecay, bool Regularized, Value? Trains)
{
    /// <summary>What a parameter or its state becomes: while it does not train, what it was.</summary>
    public Value Gate(Value was, Value next) => Trains is null ? next : Op.Where(Trains, next, was);

    /// <summary>A state that the optimiser carries for the parameter.</summary>
    /// <returns>What <paramref name="next"/> makes of it.</returns>
    public Value Carry(string name, Shape shape, Func<Value, Value> next)
    {
        var state = Net.State(name, shape, Init.Zeros);
        var moved = next(state);
        Net.Update(state, Gate(state, moved));
        return moved;
    }
}
