using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2), as PyTorch's AdamW.</summary>
internal static class AdamW
{
    public static Value Step(ParameterStep step, OptimizerOptions options)
    {
        var (w, gradient) = (step.Parameter, step.Gradient);
        var m = Moment(step, $"first.{w.Name}", gradient, options.Beta1);
        var v = Moment(step, $"second.{w.Name}", gradient * gradient, options.Beta2);
        var direction = (m / Correction(step, "first", options.Beta1)) / (Sqrt(v / Correction(step, "second", options.Beta2)) + options.Epsilon);
        var kept = step.WeightDecay is { } decay ? w * (1 - (step.LearningRate * decay)) : w;
        return kept - (step.LearningRate * direction);
    }

    /// <summary>
    /// 1 − βᵗ, as the moment of ones: computed by a power it would lose its digits where β is near 1. A parameter that does not always
    /// train counts its own steps.
    /// </summary>
    private static Value Correction(ParameterStep step, string moment, double beta)
    {
        var ones = ScalarLike(step.LearningRate, 1);
        if (step.Trains is not null)
        {
            return Moment(step, $"{moment}_ones.{step.Parameter.Name}", ones, beta);
        }

        var (name, net) = (step.Net.Graph.Qualify(moment), step.Net);
        return net.Variables.FirstOrDefault(variable => variable.Value.Name == name) is { } shared
            ? net.Latest(shared.Value)
            : Moment(step, moment, ones, beta);
    }

    private static Value Moment(ParameterStep step, string name, Value x, double beta) =>
        step.Carry(name, x.Shape, moment => (moment * beta) + (x * (1 - beta)));
}
