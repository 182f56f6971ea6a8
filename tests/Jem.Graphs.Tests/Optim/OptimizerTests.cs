using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;

namespace Jem.Graphs.Tests.Optim;

public class OptimizerTests
{
    private static readonly OptimizerOptions s_options = new() { WeightDecay = 0.1, Momentum = 0.9, Trust = 0.02 };

    /// <summary>What the oracle trains in another way than the rest.</summary>
    private const string Part = "linear";

    private readonly Oracle _oracle = new("optimizers");

    [TestCase("sgd", "sgd")]
    [TestCase("clipped", "sgd", 1.5)]
    [TestCase("clipped_each", "sgd", 1.5, true)]
    [TestCase("lars", "lars")]
    [TestCase("adamw", "adamw")]
    public void Five_steps_are_PyTorchs(string recorded, string name, double clip = 0, bool each = false) =>
        Compare(recorded, Step(s_options with { Name = name, Clip = clip, ClipEach = each }));

    [Test]
    public void A_part_with_a_rate_of_its_own_moves_as_PyTorchs_group() =>
        Compare("own_rate", Step(s_options, net => [new(Part) { LearningRate = Scalar(net, "part_rates") }]));

    // AdamW corrects the bias of the moments by the steps that the part has trained, as PyTorch does for a parameter without gradient.
    [TestCase("paused_sgd", "sgd")]
    [TestCase("paused_adamw", "adamw")]
    public void A_part_that_does_not_always_train_moves_as_PyTorchs_without_gradient(string recorded, string name) =>
        Compare(recorded, Step(s_options with { Name = name }, net => [new(Part) { Trains = Scalar(net, "part_trains") }]));

    [Test]
    public void A_part_that_does_not_train_keeps_every_bit_of_its_weights_and_states([Values("sgd", "lars", "adamw")] string name)
    {
        var steps = Run(Step(s_options with { Name = name }, net => [new(Part) { Trains = Scalar(net, "part_trains") }])).ToList();
        var part = steps[0].Keys.Where(key => key.Contains($"{Part}.")).ToList();
        Assert.That(part, Has.Member("linear.weight").And.Member(name == "adamw" ? "optimizer.second.linear.bias" : "optimizer.momentum.linear.bias"));
        foreach (var key in part)
        {
            Assert.That(steps[0][key], Is.EqualTo(key.StartsWith("optimizer.") ? new double[steps[0][key].Length] : _oracle[$"initial.{key}"]),
                $"{key} before it trains");
            Assert.That(steps[2][key], Is.EqualTo(steps[1][key]), $"{key} while it pauses");
            Assert.That(steps[3][key], Is.Not.EqualTo(steps[2][key]), $"{key} when it trains again");
        }
    }

    [Test]
    public void A_weight_decay_that_moves_is_PyTorchs() =>
        Compare("decaying", Step(s_options with { Name = "adamw" }, decays: true));

    [Test]
    public void A_part_that_has_no_parameter_is_refused() =>
        Assert.That(() => Step(s_options, net => [new("linea") { Trains = Scalar(net, "part_trains") }]), Throws.ArgumentException.With.Message.EqualTo(
            "No parameter is in 'linea', which was to be trained in its own way."));

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
        Assert.That(() => OptimizerCatalog.BuiltIn.Step(net, [b], w, s_options), Throws.ArgumentException.With.Message.EqualTo(
            "The optimizer got 1 gradients for 2 parameters; expected one for each, in their order."));
    }

    private void Compare(string recorded, Graph graph)
    {
        foreach (var (step, carried) in Run(graph).Index())
        {
            foreach (var tensor in _oracle.Under($"{recorded}.{step}."))
            {
                Relative.Agree($"{tensor} after step {step + 1}", carried[tensor], _oracle[$"{recorded}.{step}.{tensor}"], 1e-6);
            }
        }
    }

    /// <summary>Parameters and states after each of the oracle's steps.</summary>
    private IEnumerable<Dictionary<string, double[]>> Run(Graph graph)
    {
        using var runner = new GraphRunner(graph);
        var carried = graph.Inputs.Where(input => input.Role is Role.Parameter or Role.State).ToDictionary(
            input => input.Value.Name,
            input => input.Role == Role.Parameter ? _oracle[$"initial.{input.Value.Name}"] : new double[input.Value.Shape.Size]);
        for (var step = 0; step < _oracle["rates"].Length; step++)
        {
            var inputs = new Dictionary<string, double[]>(carried);
            foreach (var input in graph.Inputs.Where(input => input.Role == Role.Scalar))
            {
                inputs[input.Value.Name] = [_oracle[input.Value.Name][step]];
            }

            foreach (var parameter in _oracle.Under("initial."))
            {
                inputs[$"gradient.{parameter}"] = _oracle[$"gradient.{step}.{parameter}"];
            }

            var results = runner.Run(inputs);
            carried = graph.Outputs.ToDictionary(output => output.Next!, output => results[output.Value.Name]);
            yield return carried;
        }
    }

    private Graph Step(OptimizerOptions options, Func<Net, ParameterGroup[]>? groups = null, bool decays = false)
    {
        var net = new Net(new Graph("step"), training: true);
        var names = _oracle.Under("initial.").ToList();
        var parameters = names.Select(name => net.Parameter(name, _oracle.Shape($"initial.{name}"), Init.Zeros)).ToList();
        var gradients = parameters.Select(parameter => net.Graph.Input($"gradient.{parameter.Name}", DType.Float, parameter.Shape)).ToList();
        OptimizerCatalog.BuiltIn.Step(net, gradients, Scalar(net, "rates"), options, decays ? Scalar(net, "decays") : null, groups?.Invoke(net) ?? []);
        net.DeclareUpdates();
        return net.Graph;
    }

    /// <summary>A scalar input that has the oracle's value of its name at each step.</summary>
    private static Value Scalar(Net net, string name) => net.Graph.Input(name, DType.Float, Shape.Scalar, Role.Scalar);
}
