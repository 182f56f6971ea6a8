using Jem.Graphs.Ir;
using Jem.Graphs.Naming;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Options;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Optim;

/// <summary>The optimisers of this library, and a step by one of a catalog.</summary>
public static class OptimizerCatalog
{
    /// <summary>Every optimiser of this library.</summary>
    public static Catalog<Optimizer> BuiltIn { get; } = new(
        "optimizer",
        new("sgd", Momentum.Sgd),
        new("lars", Momentum.Lars),
        new("adamw", AdamW.Step));

    /// <summary>Updates every parameter of the network by the gradient at the same place of the list.</summary>
    /// <param name="learningRate">A scalar.</param>
    /// <param name="weightDecay">A scalar in place of the options' constant.</param>
    /// <param name="groups">Parameter groups with their own settings; the first group that contains a parameter wins.</param>
    /// <exception cref="ArgumentException">An option is out of its range, there is not one gradient for each parameter, or a group is empty.</exception>
    public static void Step(
        this Catalog<Optimizer> optimizers,
        Net net,
        IReadOnlyList<Value> gradients,
        Value learningRate,
        OptimizerOptions options,
        Value? weightDecay = null,
        params IReadOnlyList<ParameterGroup> groups)
    {
        OptionTable.Check(options, new Dictionary<string, IReadOnlyList<string>> { [OptimizerOptions.Catalog] = optimizers.Names }, "optimizer");
        var rule = optimizers.Get(options.Name).Rule;
        var variables = net.Variables.Where(variable => variable.Role == Role.Parameter).ToList();
        if (gradients.Count != variables.Count)
        {
            throw new ArgumentException(
                $"The optimizer got {gradients.Count} gradients for {variables.Count} parameters; expected one for each, in their order.");
        }

        if (groups.FirstOrDefault(group => !variables.Any(variable => group.Has(variable.Value))) is { } empty)
        {
            throw new ArgumentException($"No parameter is in '{empty.Part}', which was to be trained in its own way.");
        }

        using var scope = net.Enter("optimizer");
        var decay = weightDecay ?? (options.WeightDecay > 0 ? ScalarLike(learningRate, options.WeightDecay) : null);
        var gates = groups.Where(group => group.Trains is not null)
            .ToDictionary(group => group, group => Greater(group.Trains!, ScalarLike(learningRate, 0.5)));
        foreach (var (variable, gradient) in variables.Zip(Clip(gradients, options)))
        {
            var parameter = variable.Value;
            var group = groups.FirstOrDefault(group => group.Has(parameter));
            var regularized = variable.Regularized && parameter.Shape.Rank > 1;
            var (rate, gate) = (group?.LearningRate ?? learningRate, group is null ? null : gates.GetValueOrDefault(group));
            var step = new ParameterStep(net, parameter, gradient, rate, regularized ? decay : null, regularized, gate);
            net.Update(parameter, step.Gate(parameter, rule(step, options)));
        }
    }

    /// <summary>Scales gradients so that their norm is at most the limit (Pascanu et al., arXiv:1211.5063): that of all together, or of each.</summary>
    private static IEnumerable<Value> Clip(IReadOnlyList<Value> gradients, OptimizerOptions options)
    {
        var squares = gradients.Select(gradient => Sum(gradient * gradient));
        return options.Clip == 0 ? gradients
            : options.ClipEach ? gradients.Zip(squares, (gradient, square) => gradient * Factor(square))
            : Together();

        IEnumerable<Value> Together()
        {
            var factor = Factor(squares.Aggregate((a, b) => a + b));
            return gradients.Select(gradient => gradient * factor);
        }

        Value Factor(Value square) => Min(ScalarLike(square, options.Clip) / (Sqrt(square) + 1e-6), ScalarLike(square, 1));
    }
}
