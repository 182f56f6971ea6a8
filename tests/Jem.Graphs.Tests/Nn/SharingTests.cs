using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Nn;

/// <summary>Networks that several inputs go through, teachers of networks, and what is projected after a step.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class SharingTests
{
    private readonly Net _net = new(new Graph("step"), training: true);

    [Test]
    public void Several_inputs_share_the_variables_of_one_network()
    {
        var outputs = _net.Each([Input("a"), Input("b")], x => Layers.Linear(_net, "head", x, 2));
        Assert.That(outputs.Select(output => output.Shape.ToArray()), Is.All.EqualTo(new long[] { 4, 2 }));
        Assert.That(_net.Variables.Select(variable => variable.Value.Name), Is.EqualTo(new[] { "head.weight", "head.bias" }));
    }

    [Test]
    public void Inputs_that_need_other_shapes_do_not_share() =>
        Assert.That(() => _net.Each([Input("a", 3), Input("b", 5)], x => Layers.Linear(_net, "head", x, 2)),
            Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'head.weight: float32[2,3]' is shared by inputs that need it to be [2,5]."));

    [Test]
    public void After_sharing_a_name_is_given_once_again()
    {
        _net.Each([Input("a"), Input("b")], x => Layers.Linear(_net, "head", x, 2));
        Assert.That(() => _net.Parameter("head.weight", [2, 3], Init.Zeros), Throws.TypeOf<GraphException>().With.Message.Contains("is taken"));
    }

    // As a network in PyTorch that is called twice: the second call departs from what the first left.
    [Test]
    public void Running_statistics_see_every_input_in_turn()
    {
        double[] a = [0, 2, 4, 6], b = [10, 10, 12, 12];
        _net.Each([Input("a", 1), Input("b", 1)], x => Layers.BatchNorm(_net, "bn", x));
        _net.DeclareUpdates();
        _net.Graph.Prune();
        using var runner = new GraphRunner(_net.Graph);
        var results = runner.Run(
            new Dictionary<string, double[]>
            {
                ["a"] = a,
                ["b"] = b,
                ["bn.running_mean"] = [1],
                ["bn.running_var"] = [2],
                ["bn.weight"] = [1],
                ["bn.bias"] = [0]
            });
        Assert.That(results["bn.running_mean.next"][0], Is.EqualTo((0.9 * ((0.9 * 1) + (0.1 * 3))) + (0.1 * 11)).Within(1e-5));
        Assert.That(results["bn.running_var.next"][0], Is.EqualTo((0.9 * ((0.9 * 2) + (0.1 * 20 / 3))) + (0.1 * 4 / 3)).Within(1e-5));
    }

    [Test]
    public void A_teachers_parameters_are_states_that_follow_the_students()
    {
        Layers.BatchNorm(_net, "bn", Input("a"));
        using (_net.Teacher())
        {
            Layers.BatchNorm(_net, "bn", Input("b"));
        }

        Assert.That(_net.Parameters.Select(parameter => parameter.Name), Is.EqualTo(new[] { "bn.weight", "bn.bias" }));
        Assert.That(
            _net.Variables.Skip(4).Select(variable => (variable.Value.Name, variable.Role, variable.Follows?.Name)),
            Is.EqualTo(new (string, Role, string?)[]
            {
                ("teacher.bn.weight", Role.State, "bn.weight"),
                ("teacher.bn.bias", Role.State, "bn.bias"),
                ("teacher.bn.running_mean", Role.State, null),
                ("teacher.bn.running_var", Role.State, null),
            }));
    }

    [Test]
    public void A_teacher_needs_its_student_first()
    {
        using var teacher = _net.Teacher();
        Assert.That(() => _net.Parameter("w", [2], Init.Zeros), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'teacher.w' has no student to follow: build the student first, by the same names."));
    }

    [Test]
    public void What_is_constrained_is_projected_after_its_step()
    {
        var w = _net.Parameter("w", [2, 2], Init.UnitRows);
        _net.Constrain(w, rows => Functional.Normalize(rows));
        _net.Update(w, w + Input("d", 2, 2));
        _net.Project();
        _net.DeclareUpdates();
        using var runner = new GraphRunner(_net.Graph);
        var next = runner.Run(new Dictionary<string, double[]> { ["w"] = [1, 0, 0, 1], ["d"] = [2, 4, 0, 1] })["w.next"];
        Assert.That(next, Is.EqualTo(new[] { 0.6, 0.8, 0, 1 }).Within(1e-6));
    }

    private Value Input(string name, long dimension = 3, long images = 4) => _net.Graph.Input(name, DType.Float, [images, dimension]);
}
