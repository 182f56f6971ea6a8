using Jem.Graphs.Ir;
using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class SelfDistillationLossTests
{
    [Test]
    public void Value_gradient_and_next_center_are_those_of_the_papers_algorithm([Values(3, 6)] int batch)
    {
        var oracle = new Oracle("self_distillation");
        var (students, teachers, center) = (Given.From(oracle, $"{batch}.students"), Given.From(oracle, $"{batch}.teachers"),
            Given.From(oracle, $"{batch}.center"));
        var (loss, gradients) = Loss(students, teachers, center);
        Relative.Agree("the loss", [loss], oracle[$"{batch}.loss"], 1e-5);
        Relative.Agree("the gradient", gradients[0], oracle[$"{batch}.gradient"], 1e-4);
        var next = LossRunner.Outputs(x => [SelfDistillationLoss.NextCenter(x[0], x[1].Parts(), 0.9)], center, teachers)[0];
        Relative.Agree("the next center", next, oracle[$"{batch}.next"], 1e-5);
    }

    [Test]
    public void Equal_outputs_cost_the_logarithm_of_their_number([Values(2, 7)] int outputs)
    {
        Given Equal(params long[] shape) => new([.. shape], [.. Enumerable.Repeat(0.3, (int)shape.Aggregate((a, b) => a * b))]);
        Assert.That(Loss(Equal(4, 3, outputs), Equal(2, 3, outputs), Equal(outputs)).Loss, Is.EqualTo(Math.Log(outputs)).Within(1e-5));
    }

    [Test]
    public void What_teacher_and_center_share_does_not_matter()
    {
        var (students, teachers, center, shared) = (Given.Normals([3, 4, 5]), Given.Normals([2, 4, 5], 2), Given.Normals([5], 3),
            Given.Normals([5], 4).Elements);
        var moved = Loss(students, teachers.With((x, i) => x + shared[i % 5]), center.With((x, i) => x + shared[i]));
        Assert.That(moved.Loss, Is.EqualTo(Loss(students, teachers, center).Loss).Within(1e-4));
    }

    [Test]
    public void A_student_does_not_learn_from_the_teacher_of_its_own_view()
    {
        var (_, gradients) = Loss(Given.Normals([3, 2, 4]), Given.Normals([1, 2, 4], 2), Given.Normals([4], 3));
        Assert.That(gradients[0][..8], Is.All.Zero);
        Assert.That(gradients[0][8..], Is.All.Not.Zero);
    }

    [Test]
    public void Neither_teachers_nor_center_get_a_gradient() => LossRunner.Stops(
        x => SelfDistillationLoss.Of([x[0], x[1]], [x[2], x[3]], x[4], 0.1, x[5]), [2, 3, 4, 5],
        [.. Enumerable.Repeat(Given.Normals([2, 4]), 4), Given.Normals([4]), Given.Scalar(0.04)]);

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    public void The_momentum_weighs_the_center_against_the_batch(double momentum, double center)
    {
        var next = LossRunner.Outputs(x => [SelfDistillationLoss.NextCenter(x[0], [x[1], x[2]], momentum)], new Given([1], [0]), Given.Rows(2, 0.5),
            Given.Rows(2, 1.5));
        Assert.That(next[0], Is.EqualTo(new[] { center }));
    }

    [TestCase(0.0, 2, 2, 4, 0)]
    [TestCase(double.NaN, 2, 2, 4, 0)]
    [TestCase(0.1, 1, 1, 4, 0)]
    [TestCase(0.1, 2, 3, 4, 0)]
    [TestCase(0.1, 2, 2, 1, 0)]
    [TestCase(0.1, 2, 2, 4, 1)]
    public void A_temperature_or_views_that_do_not_fit_are_refused(double temperature, int students, int teachers, int center, int rank)
    {
        Shape scalar = [.. Enumerable.Repeat(1L, rank)];
        var x = LossRunner.Values([.. Enumerable.Repeat<Shape>([3, 4], students + teachers), [center], scalar]);
        Assert.That(() => SelfDistillationLoss.Of(x[..students], x[students..^2], x[^2], temperature, x[^1]), Throws.ArgumentException.With.Message.EqualTo(
            "DINO's loss needs a student temperature > 0 (0.1 in the paper), a scalar teacher temperature, students of at least 2 views, "
            + $"teachers of the first of them, all of one shape [B,K], and a center [K]; got student temperature {temperature}, teacher temperature {scalar}, "
            + $"students {Repeated(students)}, teachers {Repeated(teachers)} and center [{center}]."));
    }

    [TestCase(-0.1, 4)]
    [TestCase(1.1, 4)]
    [TestCase(double.NaN, 4)]
    [TestCase(0.9, 1)]
    public void A_momentum_or_a_center_that_does_not_fit_is_refused(double momentum, int center)
    {
        var x = LossRunner.Values([center], [3, 4]);
        Assert.That(() => SelfDistillationLoss.NextCenter(x[0], [x[1]], momentum), Throws.ArgumentException.With.Message.EqualTo(
            "DINO's next center needs a momentum from 0 to 1 (0.9 in the paper), a center [K] and outputs [B,K] of the teacher; "
            + $"got momentum {momentum}, center [{center}] and teachers [3,4]."));
    }

    private static string Repeated(int count) => string.Join(' ', Enumerable.Repeat("[3,4]", count));

    private static (double Loss, double[][] Gradients) Loss(Given students, Given teachers, Given center) => LossRunner.Run(
        x => SelfDistillationLoss.Of(x[0].Parts(), x[1].Parts(), x[2], 0.1, x[3]), 1, students, teachers, center, Given.Scalar(0.04));
}
