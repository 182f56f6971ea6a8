using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Sessions;
using Jem.Trainer.Training;
using Microsoft.ML.OnnxRuntime;

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
            Assert.That(
                last.Select(pair => pair.Key),
                Is.SupersetOf(new[] { "epoch", "loss", "learning_rate", "images_per_second", "loader_wait", "embedding_std", "effective_rank" }));
            Assert.That((double)last["epoch"]!, Is.EqualTo(5.0 / TinyRun.StepsPerEpoch).Within(1e-9));
            Assert.That((double)metrics[0]["learning_rate"]!, Is.EqualTo(0.1).Within(1e-9));
            Assert.That((double)last["learning_rate"]!, Is.Zero);
            Assert.That((double)last["loss"]!, Is.EqualTo(_run.Runner.Metric("loss")[0]));
            Assert.That((double)last["effective_rank"]!, Is.InRange(1, 8));
            Assert.That(_run.Folder.Checkpoints.Steps, Is.EqualTo(new[] { 4, 5 }));
            Assert.That(_run.Finished, Does.StartWith("Finished after step 5 of 5; 00:00:"));
        });
    }

    [Test]
    public void A_checkpoint_holds_what_the_program_carries()
    {
        _run.Train(steps: 2);
        var saved = _run.Folder.Checkpoints.Latest()!;
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
        Assert.That(
            () => _run.Train(steps: 100, cancelAfter: 1),
            Throws.InstanceOf<OperationCanceledException>().With.Message.EqualTo(
                $"Interrupted after step 2 of 100; it is saved. Go on with: jem train --resume {_run.Folder.Root}"));
        Assert.Multiple(() =>
        {
            Assert.That(_run.Folder.Checkpoints.Latest()!.Step, Is.EqualTo(2));
            Assert.That((long)_run.Metrics()[^1]["step"]!, Is.EqualTo(2));
            Assert.That(_run.Finished, Does.StartWith("Stopped after step 2 of 100;"));
        });
    }

    [Test]
    public void A_run_whose_steps_nobody_waits_for_has_the_bytes_and_figures_of_one_that_waits()
    {
        using var streams = new TinyRun(_folder.At("streams"), device: APlace.Device(Place.Streams));
        static IEnumerable<string> Figures(TinyRun run) => run.Metrics().Select(line => $"{line["step"]} {line["loss"]} {line["effective_rank"]}");
        Assert.That((_run.Train(steps: 7), streams.Train(steps: 7)), Is.EqualTo((7, 7)));
        Assert.That(Figures(streams), Is.EqualTo(Figures(_run)));
        Assert.That(
            streams.Folder.Checkpoints.Latest()!.Tensors.Select(tensor => tensor.Data),
            Is.EqualTo(_run.Folder.Checkpoints.Latest()!.Tensors.Select(tensor => tensor.Data)));
    }

    [TestCase(1000)]
    [TestCase(1)]
    public void A_loss_that_is_not_finite_stops_a_run_whose_steps_nobody_waits_for(int logEvery)
    {
        using var streams = new TinyRun(_folder.At("streams"), device: APlace.Device(Place.Streams));
        streams.Train(steps: 2);
        Assert.That(
            () => streams.Train(steps: 100, peak: 1e30, logEvery: logEvery),
            Throws.TypeOf<TrainingException>().With.Message.Contains("The last good checkpoint, of step 2, is "));
        Assert.That(streams.Reports.Select(report => report.Loss), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void A_loss_that_is_not_finite_stops_the_run_and_names_step_and_checkpoint()
    {
        _run.Train(steps: 2);
        Assert.That(
            () => _run.Train(steps: 100, peak: 1e30, logEvery: 1),
            Throws.TypeOf<TrainingException>().With.Message.Match(
                @"^(The loss is (NaN|-?Infinity|∞|-∞) at step \d+\.|'.+' is not finite after step \d+\.) "
                + @"The last good checkpoint, of step 2, is .+step-00000002\.safetensors\. Try a lower learning rate"));
        Assert.Multiple(() =>
        {
            Assert.That(_run.Reports.Select(report => report.Loss), Is.All.Matches<double>(double.IsFinite));
            Assert.That(_run.Finished, Does.StartWith("Stopped after step "), "a terminal gets its cursor back");
            Assert.That(_run.Folder.Checkpoints.Latest()!.Tensors.SelectMany(tensor => tensor.Floats.ToArray()), Is.All.Matches<float>(float.IsFinite));
        });
    }

    [Test]
    [Platform(Include = "Linux", Reason = "It has a device that is always full.")]
    public void A_full_disk_leaves_the_last_checkpoint_and_says_so()
    {
        _run.Train(steps: 2);
        File.CreateSymbolicLink($"{_run.Folder.Checkpoints.FileOf(4)}.partial", "/dev/full");
        Assert.That(() => _run.Train(steps: 6), Throws.TypeOf<TrainingException>().With.Message.Match(
            @"^The disk is full at step 4: No space left on device : '.+'\. "
            + @"The last good checkpoint, of step 2, is .+safetensors\. Make room, then go on with: jem train --resume .+run$"));
        Assert.That(_run.Folder.Checkpoints.Steps, Is.EqualTo(new[] { 2 }));
        Assert.That(Directory.GetFiles(_run.Folder.Checkpoints.Path), Has.Length.EqualTo(1), "what was half written is gone");
        _run.Train(steps: 6);
        Assert.That(_run.Folder.Checkpoints.Latest()!.Step, Is.EqualTo(6));
    }

    [Test]
    public void A_checkpoint_that_cannot_be_written_is_told_of_with_the_one_before_and_the_command()
    {
        _run.Train(steps: 2);
        Directory.CreateDirectory($"{_run.Folder.Checkpoints.FileOf(4)}.partial");
        Assert.That(() => _run.Train(steps: 6), Throws.TypeOf<TrainingException>().With.Message.Match(
            @"^Access to the path '.+\.partial' is denied\. "
            + @"The last good checkpoint, of step 2, is .+00000002\.safetensors\. When that is mended, go on with: jem train --resume .+run$"));
        Assert.That(_run.Finished, Does.StartWith("Stopped after step 4 of 6;"), "a terminal gets its cursor back");
    }

    [Test]
    public void A_file_where_the_checkpoints_are_to_be_is_told_of_with_the_command()
    {
        File.WriteAllText(_run.Folder.Checkpoints.Path, "in the way");
        Assert.That(() => _run.Train(steps: 6), Throws.TypeOf<TrainingException>().With.Message.Match(
            @"checkpoints.+ There is no checkpoint yet\. When that is mended, go on with: jem train --resume .+run$"));
    }

    [Test]
    public void An_error_of_any_kind_costs_no_step_that_was_made()
    {
        using var run = new TinyRun(_folder.At("any kind")) { Observers = [new Broken(atStep: 3, () => new InvalidDataException("Broken by hand."))] };
        Assert.That(
            () => run.Train(steps: 6, logEvery: 1),
            Throws.TypeOf<TrainingException>().With.Message.StartsWith("Broken by hand. The last good checkpoint, of step 3, is "));
    }

    [Test]
    public void A_screen_that_is_gone_ends_no_run_and_hides_no_error()
    {
        using var closed = new TinyRun(_folder.At("closed")) { Screen = () => throw new IOException("Input/output error") };
        Assert.That(closed.Train(steps: 3, logEvery: 1), Is.EqualTo(3));
        using var failing = new TinyRun(_folder.At("failing"))
        {
            Screen = () => throw new IOException("Input/output error"),
            Observers = [new Broken(atStep: 3)],
        };
        Assert.That(() => failing.Train(steps: 6, logEvery: 1), Throws.TypeOf<TrainingException>().With.Message.StartsWith("The first error."));
    }

    [Test]
    public void An_error_that_comes_first_is_told_of_although_nothing_can_be_saved_then()
    {
        using var run = new TinyRun(_folder.At("first")) { Observers = [new Broken(atStep: 3)] };
        Directory.CreateDirectory($"{run.Folder.Checkpoints.FileOf(3)}.partial");
        Assert.That(() => run.Train(steps: 6, logEvery: 1), Throws.TypeOf<TrainingException>().With.Message.Match(
            @"^The first error\. "
            + @"The last good checkpoint, of step 2, is .+00000002\.safetensors\. When that is mended, go on with: jem train --resume .+first$"));
    }

    [Test]
    public void An_error_between_steps_costs_no_step_that_was_made()
    {
        using var run = new TinyRun(_folder.At("saved")) { Observers = [new Broken(atStep: 3)] };
        Assert.That(
            () => run.Train(steps: 6, logEvery: 1),
            Throws.TypeOf<TrainingException>().With.Message.StartsWith("The first error. The last good checkpoint, of step 3, is "));
        Assert.That(run.Folder.Checkpoints.Steps[^1], Is.EqualTo(3));
    }

    [Test]
    public void An_error_of_ONNX_Runtime_costs_no_step_and_names_the_command_that_goes_on()
    {
        using var run = new TinyRun(_folder.At("memory")) { Observers = [new Broken(atStep: 3, OfOnnxRuntime)] };
        Assert.That(() => run.Train(steps: 6, logEvery: 1), Throws.TypeOf<TrainingException>()
            .With.Message.Match(@"The last good checkpoint, of step 3, is .+\. When that is mended, go on with: jem train --resume .+memory$")
            .And.InnerException.TypeOf<OnnxRuntimeException>());
        Assert.That(run.Folder.Checkpoints.Steps[^1], Is.EqualTo(3));
    }

    [TestCase(1, 2)]
    [TestCase(3, 7)]
    [TestCase(4, 4)]
    public void A_run_that_goes_on_writes_the_bytes_of_one_that_never_stopped(int stopAfter, int depth)
    {
        using var whole = new TinyRun(_folder.At("whole"));
        whole.Train(steps: 7);
        Assert.That(() => _run.Train(steps: 7, cancelAfter: stopAfter, logEvery: 1), Throws.InstanceOf<OperationCanceledException>());
        using (var later = new TinyRun(_folder.At("later")))
        {
            CopyCheckpoints(_run, later);
            later.Train(steps: 7, depth: depth);
            Assert.That(File.ReadAllBytes(later.Folder.Checkpoints.FileOf(7)), Is.EqualTo(File.ReadAllBytes(whole.Folder.Checkpoints.FileOf(7))));
        }
    }

    [Test]
    public void A_run_that_goes_on_continues_its_metrics()
    {
        Assert.That(() => _run.Train(steps: 6, cancelAfter: 3, logEvery: 1), Throws.InstanceOf<OperationCanceledException>());
        File.AppendAllText(_run.Folder.Metrics, """{"step":5,"loss":1}""" + "\n" + """{"step":6,"lo""");
        _run.Train(steps: 6, logEvery: 1);
        Assert.That(_run.Metrics().Select(line => (long)line["step"]!), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public void A_finished_run_has_nothing_more_to_do()
    {
        _run.Train(steps: 3);
        var bytes = File.ReadAllBytes(_run.Folder.Checkpoints.FileOf(3));
        Assert.That(_run.Train(steps: 3), Is.EqualTo(3));
        Assert.That(File.ReadAllBytes(_run.Folder.Checkpoints.FileOf(3)), Is.EqualTo(bytes));
    }

    [Test]
    public void The_number_of_threads_changes_no_byte()
    {
        using var two = new TinyRun(_folder.At("two"), threads: 2);
        _run.Train(steps: 4);
        two.Train(steps: 4);
        Assert.That(File.ReadAllBytes(two.Folder.Checkpoints.FileOf(4)), Is.EqualTo(File.ReadAllBytes(_run.Folder.Checkpoints.FileOf(4))));
    }

    [Test]
    public void The_best_checkpoint_is_kept_and_training_stops_when_nothing_gets_better()
    {
        using var run = new TinyRun(_folder.At("knn")) { KnnEvery = 3, Patience = 2, Knn = step => step == 3 ? 0.9 : 0.5 };
        Assert.That(run.Train(steps: 30, logEvery: 1), Is.EqualTo(9));
        Assert.Multiple(() =>
        {
            Assert.That(run.Folder.Checkpoints.Steps, Is.EqualTo(new[] { 3, 8, 9 }));
            Assert.That(run.Folder.Checkpoints.Best()!.Step, Is.EqualTo(3));
            Assert.That(
                run.Metrics().Where(line => line["knn"] is not null).Select(line => ((long)line["step"]!, (double)line["knn"]!)),
                Is.EqualTo(new[] { (3L, 0.9), (6, 0.5), (9, 0.5) }));
            Assert.That(run.Finished, Does.StartWith("Stopped early, 2 checks without a better accuracy than 0.900 (step 3), after step 9 of 30;"));
        });
    }

    [Test]
    public void A_check_that_was_interrupted_is_made_when_the_run_goes_on()
    {
        using var whole = new TinyRun(_folder.At("whole")) { KnnEvery = 2, Knn = step => step / 10.0 };
        whole.Train(steps: 5, logEvery: 1);
        using var stopped = new TinyRun(_folder.At("stopped")) { KnnEvery = 2, Knn = step => step / 10.0 };
        Assert.That(() => stopped.Train(steps: 5, cancelAfter: 2, logEvery: 1), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stopped.Folder.Checkpoints.Latest()!.Knn.LastStep, Is.Zero);
        stopped.Train(steps: 5, logEvery: 1);
        Assert.That(stopped.Folder.Checkpoints.Latest()!.Knn, Is.EqualTo(whole.Folder.Checkpoints.Latest()!.Knn with { BestAccuracy = 0.4 }));
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

    private sealed class Broken(long atStep, Func<Exception>? error = null) : IRunObserver
    {
        public void Logged(long step, IReadOnlyDictionary<string, double> values)
        {
            if (step == atStep)
            {
                throw error?.Invoke() ?? new IOException("The first error.");
            }
        }
    }

    // Its errors can be made by itself alone.
    private static OnnxRuntimeException OfOnnxRuntime() => Assert.Catch<OnnxRuntimeException>(() => _ = new InferenceSession("no model"u8.ToArray()))!;

    private static void CopyCheckpoints(TinyRun from, TinyRun to)
    {
        Directory.CreateDirectory(to.Folder.Checkpoints.Path);
        foreach (var file in Directory.EnumerateFiles(from.Folder.Checkpoints.Path))
        {
            File.Copy(file, Path.Combine(to.Folder.Checkpoints.Path, Path.GetFileName(file)));
        }
    }
}
