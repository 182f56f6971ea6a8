using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>Gradient descent with momentum: v ← m·v + d, w ← w − lr·v, where d is the gradient with weight decay.</summary>
internal static class Momentum
{
    /// <summary>As PyTorch's SGD.</summary>
    public static Value Sgd(ParameterStep step, OptimizerOptions options) => Move(step, Decayed(step), options);

    /// <summary>
    /// You et al., arXiv:1708.03888: d is scaled by η‖w‖ / (‖g‖ + λ‖w‖), and left alone where either norm is zero.
    /// </summary>
    public static Value Lars(ParameterStep step, OptimizerOptions options) =>
        Move(step, step.Regularized ? Decayed(step) * TrustRatio(step, options) : Decayed(step), options);

    private static Value Decayed(ParameterStep step) =>
        step.WeightDecay is { } decay ? step.Gradient + (step.Parameter * decay) : step.Gradient;

    private static Value TrustRatio(ParameterStep step, OptimizerOptions options)
    {
        var (weightNorm, gradientNorm) = (Norm(step.Parameter), Norm(step.Gradient));
        var decayed = step.WeightDecay is { } decay ? gradientNorm + (weightNorm * decay) : gradientNorm;
        var ratio = weightNorm * options.Trust / (decayed + 1e-8);
        var zero = ScalarLike(weightNorm, 0);
        return Where(And(Greater(weightNorm, zero), Greater(gradientNorm, zero)), ratio, ScalarLike(weightNorm, 1));
    }

    private static Value Norm(Value x) => Sqrt(Sum(x * x));

    private static Value Move(ParameterStep step, Value direction, OptimizerOptions options)
    {
        var velocity = step.Carry($"momentum.{step.Parameter.Name}", step.Parameter.Shape, velocity => (velocity * options.Momentum) + direction);
        return step.Parameter - (step.LearningRate * velocity);
    }
}
