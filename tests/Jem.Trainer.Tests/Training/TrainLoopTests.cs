using Jem.Trainer.State;
using Jem.Trainer.Training;

namespace Jem.Trainer.Tests.Training;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TrainLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TinyRun _run;

    public TrainLoopTests() => _run = new TinyRun(_folder.At("run"));

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void A_run_leaves_metrics_and_checkpoints()
    {
        _run.Train(steps: 5);
        var metrics = _run.Metrics();
        var last = metrics[^1].AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(metrics.Select(line => (long)line["step"]!), Is.EqualTo(new[] { 1, 2, 4, 5 }));
            Assert.That(last.Select(pair => pair.Key), Is.SupersetOf(new[] { "epoch", "loss", "learning_rate", "images_per_second", "loader_wait", "embedding_std", "effective_rank" }));
            Assert.That((double)last["epoch"]!, Is.EqualTo(5.0 / TinyRun.StepsPerEpoch).Within(1e-9));
            Assert.That((double)metrics[0]["learning_rate"]!, Is.EqualTo(0.1).Within(1e-9));
            Assert.That((double)last["learning_rate"]!, Is.Zero);
            Assert.That((double)last["loss"]!, Is.EqualTo(_run.Runner.Metric("loss")[0]));
            Assert.That((double)last["effective_rank"]!, Is.InRange(1, 8));
            Assert.That(Directory.GetDirectories(_run.Folder.Checkpoints).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "step-00000004", "step-00000005" }));
            Assert.That(_run.Finished, Does.StartWith("5 steps in 00:00:"));
        });
    }

    [Test]
    public void A_checkpoint_holds_what_the_program_carries()
    {
        _run.Train(steps: 2);
        var saved = Checkpoint.Latest(_run.Folder.Checkpoints)!;
        var carried = _run.Runner.Snapshot();
        Assert.Multiple(() =>
        {
            Assert.That(saved.Step, Is.EqualTo(2));
            Assert.That(saved.Tensors.Select(tensor => tensor.Name), Is.EqualTo(carried.Select(tensor => tensor.Name)));
            Assert.That(saved.Tensors.Select(tensor => tensor.Data), Is.EqualTo(carried.Select(tensor => tensor.Data)));
        });
    }

    [Test]
    public void A_cancelled_run_finishes_its_step_and_saves_it()
    {
        Assert.That(() => _run.Train(steps: 100, cancelAfter: 1), Throws.InstanceOf<OperationCanceledException>().With.Message.StartsWith("Interrupted after step 2 of 100;"));
        Assert.Multiple(() =>
        {
            Assert.That(Checkpoint.Latest(_run.Folder.Checkpoints)!.Step, Is.EqualTo(2));
            Assert.That((long)_run.Metrics()[^1]["step"]!, Is.EqualTo(2));
            Assert.That(_run.Finished, Is.EqualTo("Stopped after step 2 of 100."));
        });
    }

    [Test]
    public void A_loss_that_is_not_finite_stops_the_run_and_names_the_step()
    {
        Assert.That(() => _run.Train(steps: 100, peak: 1e30, logEvery: 1), Throws.TypeOf<TrainingException>().With.Message.Match(@"^The loss is (NaN|-?Infinity) at step \d+\."));
        Assert.Multiple(() =>
        {
            Assert.That(_run.Reports.Select(report => report.Loss), Is.All.Matches<double>(double.IsFinite));
            Assert.That(_run.Finished, Does.StartWith("Stopped after step "), "a terminal gets its cursor back");
        });
    }

    [Test]
    public void The_same_run_gives_the_same_weights()
    {
        using var again = new TinyRun(_folder.At("again"));
        _run.Train(steps: 4);
        again.Train(steps: 4);
        Assert.That(again.Runner.Snapshot().Select(tensor => tensor.Data), Is.EqualTo(_run.Runner.Snapshot().Select(tensor => tensor.Data)));
    }

    [Test]
    public void Training_lowers_the_loss()
    {
        _run.Train(steps: 60, peak: 0.05, logEvery: 1);
        var losses = _run.Reports.ConvertAll(report => report.Loss);
        Assert.That(losses.TakeLast(15).Average(), Is.LessThan(losses.Take(15).Average() - 0.1));
    }
}
