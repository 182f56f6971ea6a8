using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>Gradient descent with momentum: v ← m·v + d, w ← w − lr·v, where d is the gradient with weight decay.</summary>
internal static class Momentum
{
    /// <summary>As PyTorch's SGD.</summary>
    public static Value Sgd(Net net, Value w, Value gradient, Value learningRate, OptimizerOptions options, bool regularized) =>
        Step(net, w, Decayed(w, gradient, options, regularized), learningRate, options);

    /// <summary>
    /// You et al., arXiv:1708.03888: d is scaled by η‖w‖ / (‖g‖ + λ‖w‖), and left alone where either norm is zero.
    /// </summary>
    public static Value Lars(Net net, Value w, Value gradient, Value learningRate, OptimizerOptions options, bool regularized)
    {
        var direction = Decayed(w, gradient, options, regularized);
        return Step(net, w, regularized ? direction * TrustRatio(w, gradient, options) : direction, learningRate, options);
    }

    private static Value Decayed(Value w, Value gradient, OptimizerOptions options, bool regularized) =>
        regularized && options.WeightDecay > 0 ? gradient + (w * options.WeightDecay) : gradient;

    private static Value TrustRatio(Value w, Value gradient, OptimizerOptions options)
    {
        var (weightNorm, gradientNorm) = (Norm(w), Norm(gradient));
        var ratio = weightNorm * options.Trust / (gradientNorm + (weightNorm * options.WeightDecay) + 1e-8);
        var zero = ScalarLike(w, 0);
        return Where(And(Greater(weightNorm, zero), Greater(gradientNorm, zero)), ratio, ScalarLike(w, 1));
    }

    private static Value Norm(Value x) => Sqrt(Sum(x * x));

    private static Value Step(Net net, Value w, Value direction, Value learningRate, OptimizerOptions options)
    {
        var velocity = net.State($"momentum.{w.Name}", w.Shape, Init.Zeros);
        var next = (velocity * options.Momentum) + direction;
        net.Update(velocity, next);
        return w - (learningRate * next);
    }
}
