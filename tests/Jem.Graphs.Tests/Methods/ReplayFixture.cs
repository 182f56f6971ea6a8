using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Nn;
using Jem.Graphs.Optim;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

/// <summary>Ten steps of a program that ships, from PyTorch's weights on PyTorch's batches (<c>oracles/replay.py</c>).</summary>
public abstract class ReplayFixture
{
    protected const double Tolerance = 1e-4;

    protected const int Images = 6, Side = 12;

    private const double Decay = 1e-3;

    private static readonly double[] s_mean = [0.485, 0.456, 0.406], s_std = [0.229, 0.224, 0.225];

    private readonly Lazy<List<Dictionary<string, double[]>>> _steps;

    private readonly double _late;

    /// <param name="script">The name of the oracle.</param>
    /// <param name="late">What the rounding of float32 may grow to after the sixth step.</param>
    protected ReplayFixture(string script, string method, MethodOptions options, double late = Tolerance)
    {
        _late = late;
        Oracle = new Oracle(script);
        Program = MethodCatalog.BuiltIn.Get(method).Build(options);
        _steps = new(() => [.. Run()]);
    }

    internal Oracle Oracle { get; }

    internal TrainingProgram Program { get; }

    /// <summary>The options of a method, as small as the oracle's network.</summary>
    protected static T Tiny<T>(T options, int views = 2) where T : MethodOptions => options with
    {
        Batch = Images,
        Image = options.Image with { Size = Side, Mean = s_mean, Std = s_std },
        Views = options.Views with { Size = Side, Count = views },
        Backbone = new BackboneOptions { Name = "resnet18", Width = 2, Stem = "small" },
        Optimizer = new OptimizerOptions { Name = "sgd", Momentum = 0.9, WeightDecay = Decay },
    };

    [Test]
    public void Losses_and_embeddings_are_PyTorchs() => Assert.Multiple(() =>
    {
        foreach (var name in Oracle.Under("reported."))
        {
            foreach (var (step, expected) in Steps(Oracle[$"reported.{name}"]).Index())
            {
                Agree($"{name} of step {step + 1}", _steps.Value[step][name], expected, step < 6 ? Tolerance : _late);
            }
        }
    });

    // The velocity was zero before the first step: after it, it is the gradient with the decay of the weight.
    [Test]
    public void The_first_gradient_of_every_parameter_is_PyTorchs()
    {
        const string Velocity = "optimizer.momentum.";
        var trained = Program.Variables.Select(variable => variable.Value.Name).Where(name => name.StartsWith(Velocity))
            .Select(name => name[Velocity.Length..]);
        Assert.That(Oracle.Under("gradient."), Is.EquivalentTo(trained));
        Assert.Multiple(() =>
        {
            foreach (var variable in Program.Variables.Where(variable => Oracle.Under("gradient.").Contains(variable.Value.Name)))
            {
                var parameter = variable.Value.Name;
                var decay = variable.Regularized && variable.Value.Shape.Rank > 1 ? Decay : 0;
                var gradient = _steps.Value[0][$"{Velocity}{parameter}.next"]
                    .Zip(Oracle[$"initial.{parameter}"], (velocity, w) => velocity - (decay * w));
                Agree($"the gradient of {parameter}", [.. gradient], Oracle[$"gradient.{parameter}"], Tolerance);
            }
        });
    }

    [Test]
    public void Weights_and_states_after_the_last_step_are_PyTorchs()
    {
        var carried = Program.Variables.Select(variable => variable.Value.Name).Where(name => !name.StartsWith("optimizer.")).ToList();
        Assert.That(carried, Is.EquivalentTo(Oracle.Under("final.")));
        Assert.Multiple(() =>
        {
            foreach (var name in carried)
            {
                Agree(name, Last(name), Oracle[$"final.{name}"], _late);
            }
        });
    }

    // The rates are so small that most of a weight is where it was: what was learnt is compared by itself.
    [Test]
    public void What_was_learnt_is_what_PyTorch_learnt() => Assert.Multiple(() =>
    {
        foreach (var name in Oracle.Under("final."))
        {
            var initial = Oracle[$"initial.{name}"];
            double[] Learnt(double[] final) => [.. final.Zip(initial, (last, first) => last - first)];
            Agree($"the change of {name}", Learnt(Last(name)), Learnt(Oracle[$"final.{name}"]), 10 * _late);
        }
    });

    /// <summary>The outputs of the first step of a program that has no other inputs than the replay's, some of which are changed.</summary>
    protected Dictionary<string, double[]> FirstStep(TrainingProgram program, params (string Name, double[] Values)[] changed)
    {
        var inputs = First(program);
        foreach (var (name, steps) in Fed(program))
        {
            inputs[name] = steps[0];
        }

        foreach (var (name, values) in changed)
        {
            inputs[name] = values;
        }

        using var runner = new GraphRunner(program.Stage("step"));
        return runner.Run(inputs);
    }

    // What is zero but for the rounding of PyTorch's float64 has the rounding of float32 here.
    private static void Agree(string what, double[] actual, double[] expected, double tolerance)
    {
        if (expected.All(element => Math.Abs(element) < 1e-14))
        {
            Assert.That(actual, Is.All.Zero.Within(1e-6), what);
        }
        else
        {
            Relative.Agree(what, actual, expected, tolerance);
        }
    }

    /// <summary>Runs an inference stage with the last weights on images of the first step.</summary>
    protected double[] Infer(string stage, string output, int images)
    {
        var graph = Program.Stage(stage);
        var inputs = graph.Inputs.Skip(1).ToDictionary(input => input.Value.Name, input => Oracle[$"final.{input.Value.Name}"]);
        inputs["image"] = [.. Oracle["batch.views"].Take(images * 3 * Side * Side).Select((pixel, i) =>
            ((pixel / 255) - s_mean[i / (Side * Side) % 3]) / s_std[i / (Side * Side) % 3])];
        using var runner = new GraphRunner(graph);
        return runner.Run(inputs)[output];
    }

    private static IEnumerable<double[]> Steps(double[] rows) => rows.Chunk(rows.Length / 10);

    /// <summary>A parameter or state after the last step.</summary>
    protected double[] Last(string name) => _steps.Value[^1].TryGetValue($"{name}.next", out var next) ? next : Oracle[$"initial.{name}"];

    /// <summary>The outputs of each step; what an output becomes next is the input of the step after.</summary>
    private IEnumerable<Dictionary<string, double[]>> Run()
    {
        var step = Program.Stage("step");
        var (inputs, fed) = (First(Program), Fed(Program));
        using var runner = new GraphRunner(step);
        for (var i = 0; i < 10; i++)
        {
            foreach (var (name, values) in fed)
            {
                inputs[name] = values[i];
            }

            var outputs = runner.Run(inputs);
            foreach (var output in step.Outputs.Where(output => output.Next is not null))
            {
                inputs[output.Next!] = outputs[output.Value.Name];
            }

            yield return outputs;
        }
    }

    /// <summary>What each batch input and scalar is at each step.</summary>
    private Dictionary<string, List<double[]>> Fed(TrainingProgram program) =>
        program.Stage("step").Inputs.Where(input => input.Role is Role.Batch or Role.Scalar).ToDictionary(
        input => input.Value.Name,
        input => Steps(Oracle[$"{(input.Role == Role.Batch ? "batch" : "scalar")}.{input.Value.Name}"]).ToList());

    private Dictionary<string, double[]> First(TrainingProgram program) => program.Variables.ToDictionary(variable => variable.Value.Name, First);

    // The optimiser's states begin as they are told to; the rest is PyTorch's.
    private double[] First(Variable variable) => variable.Value.Name.StartsWith("optimizer.")
        ? Array.ConvertAll(variable.Init.Draw(variable.Value.Shape, "", 0), element => (double)element)
        : Oracle[$"initial.{variable.Value.Name}"];
}
