using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Nn;

public class EmaTests
{
    private static readonly double[] s_student = [1, -2, 3], s_teacher = [0.5, 0.25, -4];

    [TestCase(0.9)]
    [TestCase(0)]
    public void A_teacher_moves_towards_its_student_after_the_students_step(double momentum)
    {
        var results = Follow(momentum);
        var expected = s_teacher.Zip(s_student, (teacher, student) => (momentum * teacher) + ((1 - momentum) * (student - 1)));
        Relative.Agree("the teacher", results["teacher.w.next"], [.. expected], 1e-6);
    }

    [Test]
    public void With_momentum_one_a_teacher_keeps_every_bit() =>
        Assert.That(Follow(1)["teacher.w.next"], Is.EqualTo(s_teacher));

    [Test]
    public void Running_statistics_are_left_alone() =>
        Assert.That(Follow(0.5).Keys, Is.EquivalentTo(new[] { "w.next", "teacher.w.next" }));

    [Test]
    public void A_teacher_begins_as_its_student()
    {
        var program = MethodCatalog.BuiltIn.Get("byol").Build(new ByolOptions
        {
            Batch = 2,
            Seed = 3,
            Backbone = new() { Width = 2 },
            Projector = new() { Hidden = 4, Output = 4 },
            Predictor = new() { Hidden = 4 },
        });
        var initial = Safetensors.Read(new MemoryStream(ProgramWriter.Files(program)[ProgramWriter.InitialFile])).ToDictionary(tensor => tensor.Name);
        var teachers = initial.Keys.Where(name => name.StartsWith("teacher.")).ToList();
        Assert.That(teachers, Has.Member("teacher.projector.0.weight"));
        foreach (var name in teachers)
        {
            Assert.That(initial[name].Floats.ToArray(), Is.EqualTo(initial[name["teacher.".Length..]].Floats.ToArray()), name);
        }
    }

    /// <summary>A step that takes 1 from a student [3] whose teacher follows; both have a state that neither changes.</summary>
    private static Dictionary<string, double[]> Follow(double momentum)
    {
        var net = new Net(new Graph("step"), training: true);
        var student = net.Parameter("w", [3], Init.Zeros);
        net.State("running_mean", [3], Init.Zeros);
        using (net.Teacher())
        {
            net.Parameter("w", [3], Init.Zeros);
            net.State("running_mean", [3], Init.Zeros);
        }

        net.Update(student, student - 1);
        Ema.Follow(net, net.Graph.Input("m", DType.Float, Shape.Scalar, Role.Scalar));
        net.DeclareUpdates();
        using var runner = new GraphRunner(net.Graph);
        var inputs = net.Graph.Inputs.ToDictionary(input => input.Value.Name, _ => new double[3]);
        (inputs["w"], inputs["teacher.w"], inputs["m"]) = (s_student, s_teacher, [momentum]);
        return runner.Run(inputs);
    }
}
