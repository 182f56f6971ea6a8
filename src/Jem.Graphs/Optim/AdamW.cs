using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2), as PyTorch's AdamW.</summary>
internal static class AdamW
{
    public static Optimizer.Rule Start(Net net, OptimizerOptions options)
    {
        // 1 − βᵗ is the moment of ones. Computed by a power it would lose its digits where β is near 1.
        var ones = net.Graph.Constant(DType.Float, Shape.Scalar, new[] { 1.0 });
        var correction1 = Moment(net, "first", ones, options.Beta1);
        var correction2 = Moment(net, "second", ones, options.Beta2);
        return (_, w, gradient, learningRate, _, regularized) =>
        {
            var m = Moment(net, $"first.{w.Name}", gradient, options.Beta1);
            var v = Moment(net, $"second.{w.Name}", gradient * gradient, options.Beta2);
            var direction = (m / correction1) / (Sqrt(v / correction2) + options.Epsilon);
            var kept = regularized ? w * (1 - (learningRate * options.WeightDecay)) : w;
            return kept - (learningRate * direction);
        };
    }

    private static Value Moment(Net net, string name, Value x, double beta)
    {
        var moment = net.State(name, x.Shape, Init.Zeros);
        var next = (moment * beta) + (x * (1 - beta));
        net.Update(moment, next);
        return next;
    }
}
