using Jem.Graphs.Programs;
using Jem.Trainer.Collapse;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Tests.Collapse;

/// <summary>On curves as they were measured on Fashion-MNIST: ResNet-18 of width 16, batches of 128.</summary>
public class CollapseMonitorTests
{
    private static readonly CollapseSigns s_signs = new(
        [new(Math.Log(100), "ln K: every prototype is equally likely"), new(0, "0: one prototype for all")],
        [new("keep what prevents it")]);

    // Step, loss, std·√D, effective rank of SwAV with 100 prototypes and D = 128; and the same without Sinkhorn's iterations.
    private static readonly (long Step, double Loss, double Spread, double Rank)[] s_healthy =
    [
        (1, 4.968, 0.816, 89.3), (20, 4.704, 0.593, 71.8), (40, 4.6228, 0.362, 41), (60, 4.6075, 0.271, 21.8), (70, 4.6059, 0.242, 15.8),
        (90, 4.6036, 0.222, 9.2), (110, 4.5978, 0.237, 9.5), (130, 4.578, 0.257, 10.6), (150, 4.5593, 0.277, 10.1), (200, 4.5421, 0.284, 10.4),
    ];

    private static readonly (long Step, double Loss, double Spread, double Rank)[] s_collapsed =
    [
        (1, 4.5454, 0.816, 89.3), (30, 0.0069, 0.167, 23.7), (57, 0.0044, 0.046, 4.2), (78, 0.0039, 0.026, 2.4),
        (90, 0.0037, 0.018, 2), (110, 0.0034, 0.015, 1.9), (140, 0.0032, 0.014, 1.8), (200, 0.0031, 0.014, 1.8),
    ];

    [Test]
    public void A_healthy_run_is_left_alone_also_while_its_loss_passes_a_tell_tale_value() =>
        Assert.That(Told(Monitor(200), Along(s_healthy, 200)), Is.Empty);

    [Test]
    public void A_complete_collapse_is_told_once_within_100_steps_with_its_beginning_its_numbers_and_advice()
    {
        var monitor = Monitor(200);
        var told = Told(monitor, Along(s_collapsed, 200));
        Assert.That(told, Has.Count.EqualTo(1));
        var (step, finding) = told[0];
        Assert.Multiple(() =>
        {
            Assert.That(finding.Kind, Is.EqualTo(CollapseKind.Complete));
            Assert.That(finding.Since, Is.EqualTo(50));
            Assert.That(step, Is.EqualTo(100));
            Assert.That(
                finding.Text,
                Is.EqualTo(
                    "Complete collapse since step 50: all images get nearly the same embedding (std·√D 0.017, healthy about 1; "
                    + "effective rank 2.0 of 128; loss 0.0036, at 0 = 0: one prototype for all). What usually helps: keep what prevents it."));
            Assert.That(monitor.Finding, Is.Not.Null, "it lasts");
        });
    }

    [Test]
    public void Few_directions_are_a_collapse_although_images_differ()
    {
        var told = Told(Monitor(1000), Points(1000, step => (3, 0.7, step < 200 ? 40 : 3)));
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Kind, pair.Finding.Since)), Is.EqualTo(new[] { (300L, CollapseKind.Dimensional, 200L) }));
        Assert.That(
            told[0].Finding.Text,
            Does.StartWith(
                "Dimensional collapse since step 200: the embeddings lie in few directions (std·√D 0.7, healthy about 1; effective rank 3.0 of 128; loss 3)."));
    }

    [Test]
    public void A_loss_that_says_the_same_makes_it_certain_sooner()
    {
        var told = Told(Monitor(1000), Points(1000, step => (step < 200 ? 3 : Math.Log(100), 0.7, step < 200 ? 40 : 3)));
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Kind)), Is.EqualTo(new[] { (250L, CollapseKind.Dimensional) }));
        Assert.That(told[0].Finding.Text, Does.Contain("loss 4.6052, at 4.6052 = ln K: every prototype is equally likely)"));
    }

    [Test]
    public void Embeddings_that_shrink_to_a_point_are_one_although_their_directions_differ()
    {
        // VICReg without its variance term.
        CollapsePoint Shrinking(long step, double loss) => Point(step, loss, 0.5, 50, step < 90 ? 0.34 : 0.02);
        var points = Points(300, _ => default).Select(point => Shrinking(point.Step, point.Step < 90 ? 5.7 : 0.025));
        var told = Told(Monitor(300), points);
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Kind, pair.Finding.Since)), Is.EqualTo(new[] { (140L, CollapseKind.Complete, 90L) }));
        Assert.That(
            told[0].Finding.Text,
            Does.Contain(
                "(std·√D 0.5, healthy about 1, their scale 0.059 of the first; effective rank 50.0 of 128; loss 0.025, at 0 = 0: one prototype for all)"));
        Assert.That(
            Told(Monitor(300), Points(300, _ => default).Select(point => Shrinking(point.Step, 3))),
            Is.Empty,
            "where the loss does not mind, the scale means nothing");
    }

    [Test]
    public void A_loss_alone_has_to_stay_for_long()
    {
        Assert.That(Told(Monitor(1000), Points(1000, step => (step < 290 ? Math.Log(100) : 4.5, 0.9, 60))), Is.Empty, "healthy runs begin there");
        var told = Told(Monitor(1000), Points(1000, _ => (Math.Log(100) + 0.005, 0.9, 60)));
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Kind, pair.Finding.Since)), Is.EqualTo(new[] { (310L, CollapseKind.Loss, 1L) }));
        var reached = Told(Monitor(1000), Points(1000, step => (step < 100 ? 4 : 0.01, 0.9, 60)));
        Assert.That(
            reached.Select(pair => (pair.Step, pair.Finding.Kind, pair.Finding.Since)),
            Is.EqualTo(new[] { (200L, CollapseKind.Loss, 100L) }),
            "where no network begins");
        Assert.That(
            told[0].Finding.Text,
            Does.StartWith("Collapse by its loss since step 1: the loss does not leave a value that only a collapsed network has for long"));
    }

    [TestCase(100, 80)]
    [TestCase(200, 160)]
    [TestCase(400, 310)]
    public void A_short_run_that_stays_where_it_begins_is_told_of_before_it_ends(int steps, int at)
    {
        var told = Told(Monitor(steps), Points(steps, _ => (Math.Log(100) + 0.005, 0.9, 60)));
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Kind)), Is.EqualTo(new[] { ((long)at, CollapseKind.Loss) }));
    }

    [TestCase(150, 95, Description = "as measured")]
    [TestCase(300, 95)]
    [TestCase(400, 120)]
    public void A_run_of_DINO_that_ends_near_ln_K_is_healthy(int steps, int from) =>
        Assert.That(Told(Monitor(steps), Points(steps, step => (step < from ? 4.7 : Math.Log(100) + 0.005, 0.3, 13))), Is.Empty);

    [Test]
    public void A_collapse_shortly_before_the_end_is_told_of_at_the_last_step()
    {
        var told = Told(Monitor(200), Points(200, step => (3, step < 160 ? 0.9 : 0.02, 60)));
        Assert.That(told.Select(pair => (pair.Step, pair.Finding.Since)), Is.EqualTo(new[] { (200L, 160L) }));
        Assert.That(Told(Monitor(400), Points(200, step => (3, step < 160 ? 0.9 : 0.02, 60))), Is.Empty, "a longer one has time to recover");
    }

    [Test]
    public void The_advice_is_that_of_the_value_at_which_the_loss_stays()
    {
        var signs = new CollapseSigns(
            [
                new(Math.Log(100), "ln K: uniform") { Advice = [new("sharpen")] },
                new(0, "0: certain") { Advice = [new("centre")] },
            ],
            [new("wait")]);
        string Advice(double loss) => Told(new CollapseMonitor(signs, 256, 128, 200), Points(200, _ => (loss, 0.02, 60)))[0].Finding.Advice;
        Assert.That(Advice(Math.Log(100)), Is.EqualTo("Sharpen; or wait."));
        Assert.That(Advice(0), Is.EqualTo("Centre; or wait."));
        Assert.That(Advice(3), Is.EqualTo("Sharpen; centre; or wait."), "where the loss does not say which");
    }

    [Test]
    public void Of_a_program_that_says_nothing_of_collapse_it_is_told_without_advice() => Assert.That(
        Told(new CollapseMonitor(new([], []), 256, 128, 200), Points(200, _ => (3, 0.01, 1)))[0].Finding.Text,
        Is.EqualTo(
            "Complete collapse since step 1: all images get nearly the same embedding (std·√D 0.01, healthy about 1; effective rank 1.0 of 128; loss 3)."));

    [Test]
    public void In_a_long_run_a_collapse_is_told_within_a_twentieth()
    {
        var told = Told(Monitor(100_000), Points(10_000, _ => (0, 0.01, 1)));
        Assert.That(told.Select(pair => pair.Step), Is.EqualTo(new[] { 2510L }));
    }

    [Test]
    public void A_few_lines_far_apart_are_no_proof() =>
        Assert.That(Told(Monitor(1000), [Point(1, 0, 0.01, 1), Point(100, 0, 0.01, 1), Point(200, 0, 0.01, 1), Point(300, 0, 0.01, 1)]), Is.Empty);

    [Test]
    public void A_run_that_recovers_is_healthy_again_and_is_not_told_of_twice()
    {
        var monitor = Monitor(2000);
        var told = Told(monitor, Points(400, step => (3, step is > 100 and < 200 ? 0.01 : 0.9, 60)));
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(monitor.Finding, Is.Null);
        Assert.That(Told(monitor, Points(2000, _ => (3, 0.01, 60)).Where(point => point.Step > 400)), Is.Empty);
        Assert.That(monitor.Finding!.Since, Is.EqualTo(410));
    }

    [Test]
    public void What_was_logged_before_is_not_told_again_and_its_beginning_is_known()
    {
        using var folder = new TemporaryFolder();
        var points = Along(s_collapsed, 200).ToList();
        foreach (var stopped in new[] { 40, 90, 120 })
        {
            var metrics = folder.At($"{stopped}.jsonl");
            var logged = points.Where(point => point.Step <= stopped).Select(point => FormattableString.Invariant(
                $$"""{"step":{{point.Step}},"loss":{{point.Loss:R}},"embedding_std":{{point.Deviation:R}},"effective_rank":{{point.EffectiveRank:R}}}"""));
            File.WriteAllLines(metrics, [.. logged, """{"step":40,"knn":0.5}""", """{"step":5"""]);
            var monitor = Monitor(200).After(metrics);
            var told = Told(monitor, points.Where(point => point.Step > stopped));
            Assert.That(told.Select(pair => pair.Step), stopped < 100 ? Is.EqualTo(new[] { 100L }) : Is.Empty);
            Assert.That(monitor.Finding!.Since, Is.EqualTo(50));
        }
    }

    private static CollapseMonitor Monitor(long steps) => new(s_signs, 256, 128, steps);

    private static List<(long Step, CollapseFinding Finding)> Told(CollapseMonitor monitor, IEnumerable<CollapsePoint> points) =>
    [
        .. points.Select(point => (point.Step, Finding: monitor.See(point)))
            .Where(pair => pair.Finding is not null)
            .Select(pair => (pair.Step, pair.Finding!)),
    ];

    private static CollapsePoint Point(long step, double loss, double spread, double rank, double scale = 1) =>
        new(step, loss, spread / Math.Sqrt(128), rank, scale);

    private static IEnumerable<CollapsePoint> Points(long steps, Func<long, (double Loss, double Spread, double Rank)> of) =>
        Enumerable.Range(0, (int)(steps / 10) + 1).Select(i => Math.Max(1, 10L * i)).Select(step => Point(step, of(step).Loss, of(step).Spread, of(step).Rank));

    // Logged every tenth step, as runs do.
    private static IEnumerable<CollapsePoint> Along((long Step, double Loss, double Spread, double Rank)[] measured, long steps) => Points(steps, step =>
    {
        var after = Math.Max(1, Array.FindIndex(measured, point => point.Step >= step));
        var (a, b) = (measured[after - 1], measured[after]);
        var share = (double)(step - a.Step) / (b.Step - a.Step);
        double Between(double from, double to) => from + (share * (to - from));
        return (Between(a.Loss, b.Loss), Between(a.Spread, b.Spread), Between(a.Rank, b.Rank));
    });
}
