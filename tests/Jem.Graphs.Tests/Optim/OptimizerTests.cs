using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;

namespace Jem.Graphs.Tests.Optim;

public class OptimizerTests
{
    private static readonly OptimizerOptions s_options = new() { WeightDecay = 0.1, Momentum = 0.9, Trust = 0.02 };

    private readonly Oracle _oracle = new("optimizers");

    [TestCase("sgd", "sgd", 0)]
    [TestCase("clipped", "sgd", 1.5)]
    [TestCase("lars", "lars", 0)]
    [TestCase("adamw", "adamw", 0)]
    public void Five_steps_are_PyTorchs(string recorded, string name, double clip)
    {
        var graph = Step(s_options with { Name = name, Clip = clip });
        using var runner = new GraphRunner(graph);
        var carried = graph.Inputs.Where(input => input.Role is Role.Parameter or Role.State).ToDictionary(
            input => input.Value.Name,
            input => input.Role == Role.Parameter ? _oracle[$"initial.{input.Value.Name}"] : new double[input.Value.Shape.Size]);
        for (var step = 0; step < _oracle["rates"].Length; step++)
        {
            var inputs = new Dictionary<string, double[]>(carried) { ["rate"] = [_oracle["rates"][step]] };
            foreach (var parameter in _oracle.Under("initial."))
            {
                inputs[$"gradient.{parameter}"] = _oracle[$"gradient.{step}.{parameter}"];
            }

            var results = runner.Run(inputs);
            carried = graph.Outputs.ToDictionary(output => output.Next!, output => results[output.Value.Name]);
            foreach (var tensor in _oracle.Under($"{recorded}.{step}."))
            {
                Relative.Agree($"{tensor} after step {step + 1}", carried[tensor], _oracle[$"{recorded}.{step}.{tensor}"], 1e-6);
            }
        }
    }

    [Test]
    public void Every_state_of_an_optimizer_is_compared([Values("sgd", "lars", "adamw")] string name)
    {
        var states = Step(s_options with { Name = name }).Inputs.Where(input => input.Role == Role.State).Select(input => input.Value.Name);
        Assert.That(states.Except(["optimizer.first", "optimizer.second"]), Is.SubsetOf(_oracle.Under($"{name}.0.")));
    }

    [Test]
    public void An_unknown_name_is_answered_with_the_nearest() =>
        Assert.That(() => Step(s_options with { Name = "adam" }), Throws.ArgumentException.With.Message.EqualTo(
            "optimizer.name is 'adam'; expected sgd, lars, adamw. Did you mean 'adamw'?"));

    [Test]
    public void Every_parameter_has_a_gradient()
    {
        var net = new Net(new Graph("step"), training: true);
        var (w, b) = (net.Parameter("w", [2], Init.Zeros), net.Parameter("b", [2], Init.Zeros));
        Assert.That(() => Optimizer.Step(net, [b], w, s_options), Throws.ArgumentException.With.Message.EqualTo(
            "The optimizer got 1 gradients for 2 parameters; expected one for each, in their order."));
    }

    private Graph Step(OptimizerOptions options)
    {
        var net = new Net(new Graph("step"), training: true);
        var names = _oracle.Under("initial.").ToList();
        var parameters = names.Select(name => net.Parameter(name, _oracle.Shape($"initial.{name}"), Init.Zeros)).ToList();
        var gradients = parameters.Select(parameter => net.Graph.Input($"gradient.{parameter.Name}", DType.Float, parameter.Shape)).ToList();
        var rate = net.Graph.Input("rate", DType.Float, Shape.Scalar, Role.Scalar);
        Optimizer.Step(net, gradients, rate, options);
        net.DeclareUpdates();
        return net.Graph;
    }
}
