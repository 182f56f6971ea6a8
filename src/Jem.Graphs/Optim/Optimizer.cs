using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>Optimisers in the graph: each parameter's next value from its gradient.</summary>
public static class Optimizer
{
    /// <summary>One parameter's next value.</summary>
    /// <param name="regularized">Whether weight decay and layer-wise adaptation apply.</param>
    internal delegate Value Rule(Net net, Value parameter, Value gradient, Value learningRate, OptimizerOptions options, bool regularized);

    private static readonly Dictionary<string, Func<Net, OptimizerOptions, Rule>> s_optimizers = new()
    {
        ["sgd"] = (_, _) => Momentum.Sgd,
        ["lars"] = (_, _) => Momentum.Lars,
        ["adamw"] = AdamW.Start,
    };

    public static IReadOnlyCollection<string> Names => s_optimizers.Keys;

    /// <summary>Updates every parameter of the network by the gradient at the same place of the list.</summary>
    /// <param name="learningRate">A scalar.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there is not one gradient for each parameter.</exception>
    public static void Step(Net net, IReadOnlyList<Value> gradients, Value learningRate, OptimizerOptions options)
    {
        OptionTable.Check(options, "optimizer");
        var parameters = net.Parameters.ToList();
        if (gradients.Count != parameters.Count)
        {
            throw new ArgumentException($"The optimizer got {gradients.Count} gradients for {parameters.Count} parameters; expected one for each, in their order.");
        }

        using var scope = net.Enter("optimizer");
        var rule = s_optimizers[options.Name](net, options);
        if (options.Clip > 0)
        {
            gradients = ClipNorm(gradients, options.Clip);
        }

        foreach (var (parameter, gradient) in parameters.Zip(gradients))
        {
            net.Update(parameter, rule(net, parameter, gradient, learningRate, options, regularized: parameter.Shape.Rank > 1));
        }
    }

    /// <summary>Scales all gradients so that together their norm is at most the limit (Pascanu et al., arXiv:1211.5063).</summary>
    private static List<Value> ClipNorm(IReadOnlyList<Value> gradients, double limit)
    {
        var squares = gradients.Select(gradient => Sum(gradient * gradient)).Aggregate((a, b) => a + b);
        var factor = Min(ScalarLike(squares, limit) / (Sqrt(squares) + 1e-6), ScalarLike(squares, 1));
        return [.. gradients.Select(gradient => gradient * factor)];
    }
}
