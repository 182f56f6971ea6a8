using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Optim;

namespace Jem.Graphs.Tests.Methods;

/// <summary>Ten steps of the program that ships, from PyTorch's weights on PyTorch's views.</summary>
public class ReplayTests
{
    private const int Images = 6, Side = 12, Dimension = 32;

    private const double Tolerance = 1e-4, Decay = 1e-3;

    private static readonly double[] s_mean = [0.485, 0.456, 0.406], s_std = [0.229, 0.224, 0.225];

    private static readonly Oracle s_oracle = new("replay");

    private static readonly TrainingProgram s_program = MethodTable.Get("simclr").Build(new SimClrOptions
    {
        Batch = Images,
        Image = new() { Size = Side, Mean = s_mean, Std = s_std },
        Views = new() { Size = Side },
        Backbone = new BackboneOptions { Name = "resnet18", Width = 4, Stem = "small" },
        Projector = new() { Hidden = 24, Output = 16 },
        Optimizer = new OptimizerOptions { Name = "sgd", Momentum = 0.9, WeightDecay = Decay },
    });

    private static readonly Lazy<List<Dictionary<string, double[]>>> s_steps = new(() => [.. Run()]);

    [Test]
    public void Losses_are_PyTorchs() => Assert.Multiple(() =>
    {
        foreach (var (step, loss) in s_oracle["losses"].Index())
        {
            Relative.Agree($"the loss of step {step + 1}", s_steps.Value[step]["loss"], [loss], Tolerance);
        }
    });

    [Test]
    public void The_first_embeddings_are_PyTorchs() =>
        Relative.Agree("the embedding", s_steps.Value[0]["embedding"], s_oracle["embedding"], Tolerance);

    // The velocity was zero before the first step: after it, it is the gradient with the decay of the weight.
    [Test]
    public void The_first_gradient_of_every_parameter_is_PyTorchs() => Assert.Multiple(() =>
    {
        foreach (var parameter in s_program.Variables.Where(variable => variable.Role == Role.Parameter).Select(variable => variable.Value))
        {
            var decay = parameter.Shape.Rank > 1 ? Decay : 0;
            var gradient = s_steps.Value[0][$"optimizer.momentum.{parameter.Name}.next"]
                .Zip(s_oracle[$"initial.{parameter.Name}"], (velocity, w) => velocity - (decay * w));
            Relative.Agree($"the gradient of {parameter.Name}", [.. gradient], s_oracle[$"gradient.{parameter.Name}"], Tolerance);
        }
    });

    [Test]
    public void Weights_and_running_statistics_after_the_last_step_are_PyTorchs()
    {
        var carried = s_program.Variables.Select(variable => variable.Value.Name).Where(name => !name.StartsWith("optimizer.")).ToList();
        Assert.That(carried, Is.EquivalentTo(s_oracle.Under("final.")));
        Assert.Multiple(() =>
        {
            foreach (var name in carried)
            {
                Relative.Agree(name, s_steps.Value[^1][$"{name}.next"], s_oracle[$"final.{name}"], Tolerance);
            }
        });
    }

    // The rates are so small that most of a weight is where it was: what was learnt is compared by itself.
    [Test]
    public void What_the_weights_learnt_is_what_PyTorchs_learnt() => Assert.Multiple(() =>
    {
        foreach (var name in s_oracle.Under("initial."))
        {
            var initial = s_oracle[$"initial.{name}"];
            double[] Learnt(double[] final) => [.. final.Zip(initial, (last, first) => last - first)];
            Relative.Agree($"the change of {name}", Learnt(s_steps.Value[^1][$"{name}.next"]), Learnt(s_oracle[$"final.{name}"]), 10 * Tolerance);
        }
    });

    [Test]
    public void The_encoder_embeds_as_PyTorchs_backbone_in_eval_mode([Values(1, 2 * Images)] int batch)
    {
        var encoder = s_program.Stages.Single(stage => stage.Name == "encoder");
        var inputs = encoder.Inputs.Skip(1).ToDictionary(input => input.Value.Name, input => s_oracle[$"final.{input.Value.Name}"]);
        inputs["image"] = [.. s_oracle["views"].Take(batch * 3 * Side * Side).Select((pixel, i) =>
            ((pixel / 255) - s_mean[i / (Side * Side) % 3]) / s_std[i / (Side * Side) % 3])];
        using var runner = new GraphRunner(encoder);
        Relative.Agree("the embedding", runner.Run(inputs)["embedding"], s_oracle["encoded"][..(batch * Dimension)], Tolerance);
    }

    /// <summary>The outputs of each step; what an output becomes next is the input of the step after.</summary>
    private static IEnumerable<Dictionary<string, double[]>> Run()
    {
        var step = s_program.Stages.Single(stage => stage.Name == "step");
        var views = s_oracle["views"].Chunk((int)step.Inputs.Single(input => input.Role == Role.Batch).Value.Shape.Size).ToList();
        var inputs = s_program.Variables.ToDictionary(variable => variable.Value.Name, variable => variable.Role == Role.Parameter
            ? s_oracle[$"initial.{variable.Value.Name}"]
            : Array.ConvertAll(variable.Init.Draw(variable.Value.Shape, "", 0), element => (double)element));
        using var runner = new GraphRunner(step);
        foreach (var (i, rate) in s_oracle["rates"].Index())
        {
            inputs["views"] = views[i];
            inputs["learning_rate"] = [rate];
            var outputs = runner.Run(inputs);
            foreach (var output in step.Outputs.Where(output => output.Next is not null))
            {
                inputs[output.Next!] = outputs[output.Value.Name];
            }

            yield return outputs;
        }
    }
}
