using System.Text.Json.Nodes;
using Jem.Trainer.Configuration;
using Jem.Trainer.Experiments.Collapse;
using Jem.Trainer.Reporting;
using Jem.Trainer.Reporting.Progress;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;

namespace Jem.Trainer.Tests.Training;

/// <summary>Real runs whose network gives all images the same embedding from the beginning: no gradient leads away from there.</summary>
public sealed class CollapsedRunTests
{
    private const int Steps = 70;

    [Test]
    public void A_collapsed_run_is_told_of_everywhere_once_also_when_it_is_interrupted()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var before = new StringWriter();
        using (var job = TrainingJob.Begin(Trivial(run)))
        using (var cancel = new CancellationTokenSource())
        {
            Assert.That(() => Run(job, new Canceller(new JsonProgress(before), cancel, 60), cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        var lines = before.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        var warning = (string)lines.Single(line => (string)line["event"]! == "warning")["message"]!;
        Assert.That(warning, Does.Match(
            @"^Complete collapse since step 1: all images get nearly the same embedding \(std·√D 0, healthy about 1; "
            + @"effective rank 1\.0 of 8; loss 1\.9459, at 1\.9459 = ln\(2B − 1\): .+\)\. What usually helps: .+"));
        Assert.That(
            lines.Where(line => (string)line["event"]! == "progress").Select(line => (string?)line["collapse"]),
            Does.Contain(null).And.Contain("complete"));

        var after = new StringWriter();
        using (var job = TrainingJob.Resume(RunFolder.Open(run), new RunRequest()))
        {
            Assert.That(Run(job, new LineProgress(after, TimeSpan.Zero), CancellationToken.None), Is.EqualTo(Steps));
        }

        Assert.Multiple(() =>
        {
            Assert.That(after.ToString(), Does.Not.Contain("Warning: Complete"), "a run that goes on says it no second time");
            Assert.That(after.ToString().TrimEnd(), Does.EndWith("Warning: complete collapse since step 1."));
            Assert.That(
                File.ReadLines(Path.Combine(run, "log.txt")).Count(line => line.EndsWith($"warning: {warning}", StringComparison.Ordinal)),
                Is.EqualTo(1));
            Assert.That((string)Status(run)["collapse"]!, Does.StartWith("Complete collapse since step 1: "));
            Assert.That((string)Status(run)["state"]!, Is.EqualTo("finished"));
            Assert.That((string)Status(run)["message"]!, Is.EqualTo("collapsed: complete collapse since step 1"));
            Assert.That(after.ToString(), Does.Contain("\nFinished, but collapsed, after step 70 of 70;"));
            Assert.That(File.ReadAllText(Path.Combine(run, "report.html")), Does.Contain("Warning: Complete collapse since step 1: "));
            var metrics = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
            Assert.That(((int)metrics[0]["collapse"]!, (int)metrics[^1]["collapse"]!), Is.EqualTo((0, 1)));
        });
    }

    [Test]
    public void A_run_that_is_told_to_stops_and_may_go_on_all_the_same()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        long stopped;
        using (var job = TrainingJob.Begin(Trivial(run, stop: true)))
        {
            Assert.That(() => Run(job, new QuietProgress(), CancellationToken.None), Throws.TypeOf<CollapseException>().With.Message.Match(
                $@"^Complete collapse since step 1: .+ Stopped after step (5[1-9]|60) of {Steps}, as --stop-on-collapse asks; it is saved\. "
                + @"Start anew with what helps, or go on all the same with: jem train --resume .+run --stop-on-collapse false$"));
            stopped = job.Folder.Checkpoints.Latest()!.Step;
        }

        Assert.That(stopped, Is.InRange(51, 60));
        Assert.That((string)Status(run)["state"]!, Is.EqualTo("failed"));
        Assert.That((string)Status(run)["message"]!, Does.StartWith("Complete collapse since step 1: ").And.Contain("--stop-on-collapse"));
        Assert.That(Path.Combine(run, "encoder.safetensors"), Does.Exist);
        Assert.That(Path.Combine(run, "encoder.onnx"), Does.Exist);
        var message = (string)Status(run)["message"]!;
        using (var job = TrainingJob.Resume(RunFolder.Open(run), new RunRequest()))
        {
            Assert.That(
                () => Run(job, new QuietProgress(), CancellationToken.None),
                Throws.TypeOf<CollapseException>().With.Message.EqualTo(message),
                "it was told to stop and still is");
        }

        using (var job = TrainingJob.Resume(RunFolder.Open(run), Stop(false)))
        {
            Assert.That(Run(job, new QuietProgress(), CancellationToken.None), Is.EqualTo(Steps));
        }

        Assert.That((string)Status(run)["state"]!, Is.EqualTo("finished"));
    }

    [Test]
    public void A_run_that_was_told_of_a_collapse_before_stops_at_once_when_it_is_to_stop_now()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        using (var job = TrainingJob.Begin(Trivial(run)))
        using (var cancel = new CancellationTokenSource())
        {
            Assert.That(() => Run(job, new Canceller(new QuietProgress(), cancel, 60), cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        var text = (string)Status(run)["collapse"]!;
        using (var job = TrainingJob.Resume(RunFolder.Open(run), Stop(true)))
        {
            var done = job.Done;
            Assert.That(text, Does.StartWith("Complete collapse since step 1: "));
            Assert.That(() => Run(job, new QuietProgress(), CancellationToken.None), Throws.TypeOf<CollapseException>().With.Message.StartsWith(
                $"{text} Stopped after step {done} of {Steps}, as --stop-on-collapse asks; it is saved."));
            Assert.That(job.Folder.Checkpoints.Latest()!.Step, Is.EqualTo(done));
        }
    }

    [Test]
    public void A_run_that_is_told_of_a_collapse_at_its_last_step_is_finished()
    {
        // The first step at which it can be told of.
        const int steps = 51;
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var output = new StringWriter();
        using (var job = TrainingJob.Begin(Trivial(run, stop: true, steps: steps)))
        {
            Assert.That(Run(job, new LineProgress(output, TimeSpan.Zero), CancellationToken.None), Is.EqualTo(steps));
        }

        Assert.That(output.ToString(), Does.Contain("Warning: Complete collapse since step 1: "));
        Assert.That(((string)Status(run)["state"]!, (string)Status(run)["message"]!), Is.EqualTo(("finished", "collapsed: complete collapse since step 1")));
    }

    private static RunRequest Stop(bool stop) => new() { Settings = settings => settings with { StopOnCollapse = stop } };

    private static JsonNode Status(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "status.json")))!;

    private static long Run(TrainingJob job, ITrainingProgress progress, CancellationToken cancellation) =>
        job.Run(progress, RunWatch.Of(job.Folder, job.Images, cancellation), cancellation);

    private static PreparedRun Trivial(string run, bool stop = false, int steps = Steps) => TrivialSolution.Of(PreparedRun.Of(new RunRequest
    {
        Options = new MethodRequest("simclr") { Width = 4, ImageSize = 16, Batch = 4, Settings = ["optimizer.name=sgd", "optimizer.weight_decay=0.0001"] },
        Data = "synthetic:shapes?n=20&size=16",
        Out = run,
        Steps = steps,
        Settings = settings => settings with { StopOnCollapse = stop },
    }));

    private sealed class Canceller(ITrainingProgress inner, CancellationTokenSource cancel, long step) : ITrainingProgress
    {
        public void Start(long step, long totalSteps) => inner.Start(step, totalSteps);

        public void Report(in StepReport report)
        {
            inner.Report(report);
            if (report.Step >= step)
            {
                cancel.Cancel();
            }
        }

        public void Warn(string message) => inner.Warn(message);

        public void Finish(string message) => inner.Finish(message);
    }
}
