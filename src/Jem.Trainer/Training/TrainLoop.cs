using System.Diagnostics;
using System.Numerics.Tensors;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;
using Jem.Trainer.Training.Collapse;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Training;

/// <summary>Feeds batches and schedules to a program, step by step, and saves what it has learnt.</summary>
/// <param name="loader">Starts at the step of the checkpoint that the runner was restored to.</param>
public sealed class TrainLoop(StepRunner runner, ViewLoader loader, IReadOnlyDictionary<string, ScheduleRecipe> schedules, RunFolder run, TrainLoopOptions options, ITrainingProgress progress)
{
    // However long steps take, a person sees that it goes on.
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_logEvery = TimeSpan.FromSeconds(15);

    // Runs only while steps do: checks and saves are not part of the speed.
    private readonly Stopwatch _clock = new();
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private readonly string[] _metrics = [.. runner.Stage.Outputs
        .Where(output => output is { Role: Role.Metric, Dtype: "float32" } && output.Shape.All(dimension => dimension == 1)).Select(output => output.Name)];
    private readonly RunLength _length = new(options.Steps, loader.StepsPerEpoch);
    private EmbeddingStatistics _statistics;
    private KnnRecord _knn = new();
    private KnnRecord _savedKnn = new();
    private double? _accuracy;
    private long _started;
    private long _saved;
    private long _logged;
    private TimeSpan _loggedAt;
    private TimeSpan _reportedAt;
    private TimeSpan _waited;

    /// <summary>
    /// Runs all steps, or until nearest neighbours have not improved for as many checks as the settings allow.
    /// When it is cancelled, the step in hand is finished and saved.
    /// </summary>
    /// <param name="from">The checkpoint that the runner was restored to; null begins.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the message says how to go on.</exception>
    /// <exception cref="CollapseException">The embeddings have collapsed before the last step, and the settings ask to stop then; it is saved.</exception>
    /// <exception cref="TrainingException">The loss or the weights are not finite, or a checkpoint cannot be saved.</exception>
    public long Run(Checkpoint? from, CancellationToken cancellation)
    {
        var done = _started = _saved = _logged = from?.Step ?? 0;
        _knn = _savedKnn = from?.Knn ?? new KnnRecord();
        progress.Start(done, options.Steps);
        var outcome = "Stopped";
        try
        {
            // A run that was told of it before, and did not stop then.
            StopIfCollapsed(done);
            var interrupted = !MeasureIfDue(done, cancellation);
            if (_knn != _savedKnn)
            {
                Save(done);
            }

            while (done < options.Steps && !interrupted && !IsStale)
            {
                _clock.Start();
                Step(done);
                _clock.Stop();
                done++;
                interrupted = cancellation.IsCancellationRequested && done < options.Steps;
                Report(done, last: done == options.Steps || interrupted);
                interrupted = interrupted || !MeasureIfDue(done, cancellation);
                if (interrupted || _knn.LastStep == done || done == options.Steps || done % options.Settings.CheckpointEvery == 0 || _sinceSaved.Elapsed >= options.SaveEvery || ToStopFor(done) is not null)
                {
                    Save(done);
                }

                StopIfCollapsed(done);
            }

            if (interrupted)
            {
                throw new OperationCanceledException($"Interrupted after step {done} of {options.Steps}; it is saved. Go on with: {run.ResumeCommand}");
            }

            outcome = done == options.Steps ? "Finished" : $"Stopped early, {_knn.Stale} checks without a better accuracy than {_knn.BestAccuracy:F3} (step {_knn.BestStep:N0}),";
            return done;
        }
        catch (IOException error) when (Disk.IsFull(error))
        {
            throw new TrainingException($"The disk is full at step {done}: {error.Message}. {SavedText} Make room, then go on with: {run.ResumeCommand}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataException or JemException)
        {
            // An image that is gone, say: what was learnt until now is kept.
            Save(done);
            throw new TrainingException($"{error.Message} {SavedText} When that is mended, go on with: {run.ResumeCommand}", error);
        }
        finally
        {
            // Whatever happened, a terminal gets its cursor back.
            progress.Finish($"{outcome} after step {done:N0} of {options.Steps:N0}; {Duration.Text(_clock.Elapsed)} of training.{BestText}{CollapseText}");
        }
    }

    private bool IsStale => options.Settings.Patience > 0 && _knn.Stale >= options.Settings.Patience;

    // A run whose last step is done is finished, whatever it has come to.
    private CollapseFinding? ToStopFor(long done) => options.Settings.StopOnCollapse && done < options.Steps ? options.Collapse?.Finding : null;

    private void StopIfCollapsed(long done)
    {
        if (ToStopFor(done) is { } collapse)
        {
            throw new CollapseException($"{collapse.Text} Stopped after step {done} of {options.Steps}, as --stop-on-collapse asks; it is saved. Start anew with what helps, or go on all the same with: {run.ResumeCommand} --stop-on-collapse false");
        }
    }

    private void Step(long step)
    {
        using var batch = loader.Next(CancellationToken.None);
        foreach (var input in batch.Inputs)
        {
            batch[input].CopyTo(runner.Batch(input));
        }

        foreach (var (name, value) in Scalars(step))
        {
            runner.SetScalar(name, value);
        }

        runner.Step();
        CheckFinite(step + 1);
    }

    private void CheckFinite(long step)
    {
        var broken = _metrics.Where(name => !float.IsFinite(runner.Metric(name)[0])).ToList();
        if (broken.Count > 0)
        {
            var terms = broken.Where(name => name != "loss").Select(name => $"'{name}' is {runner.Metric(name)[0]}").ToList();
            throw Diverged($"The loss is {runner.Metric("loss")[0]} at step {step}{(terms.Count > 0 ? $": its term {string.Join(", ", terms)}" : "")}.");
        }
    }

    private TrainingException Diverged(string what) => new(
        $"{what} {SavedText} Try a lower learning rate (--set optimizer.learning_rate=…), a longer warm-up (--set optimizer.warmup_epochs=…), or --set optimizer.clip=1.");

    private string BestText => _knn.BestStep == 0 ? "" : $" Nearest neighbours: {(_accuracy is { } last ? $"{last:F3} at last, " : "")}best {_knn.BestAccuracy:F3} at step {_knn.BestStep:N0}.";

    private string CollapseText => options.Collapse?.Finding is { } finding ? $" Warning: {finding.Brief}." : "";

    private string SavedText => _saved > 0 ? $"The last good checkpoint, of step {_saved}, is {run.Checkpoints.FileOf(_saved)}." : "There is no checkpoint yet.";

    private IEnumerable<(string Name, double Value)> Scalars(long step) =>
        schedules.Select(schedule => (schedule.Key, schedule.Value.ValueAt(step, _length)));

    private void Report(long done, bool last)
    {
        var now = _clock.Elapsed;
        var log = last || done == _started + 1 || done % options.LogEvery == 0 || now - _loggedAt >= s_logEvery;
        if (!log && now - _reportedAt < s_reportEvery)
        {
            return;
        }

        var shape = runner.MetricShape("embedding");
        CollapseFinding? found = null;
        if (log)
        {
            _statistics = EmbeddingStatistics.Of(runner.Metric("embedding"), (int)shape[0], (int)shape[1]);
            found = options.Collapse?.See(new CollapsePoint(done, runner.Metric("loss")[0], _statistics.StandardDeviation, _statistics.EffectiveRank, _statistics.Scale));
        }

        var seconds = (now - _loggedAt).TotalSeconds;
        var report = new StepReport(
            done,
            options.Steps,
            (double)done / loader.StepsPerEpoch,
            runner.Metric("loss")[0],
            Scalars(done - 1).FirstOrDefault(scalar => scalar.Name == "learning_rate").Value,
            (done - _logged) * options.Batch / seconds,
            (loader.Waited - _waited).TotalSeconds / seconds,
            (options.Steps - done) * (now / (done - _started)),
            _statistics.StandardDeviation,
            _statistics.EffectiveRank,
            (int)shape[1])
        { Knn = _accuracy, Collapse = options.Collapse?.Finding?.Kind };
        progress.Report(report);
        _reportedAt = now;
        if (log)
        {
            Warn(found);
            Tell(done, Values(report));
            (_logged, _loggedAt, _waited) = (done, now, loader.Waited);
        }
    }

    private void Warn(CollapseFinding? found)
    {
        if (found is null)
        {
            return;
        }

        progress.Warn(found.Text);
        foreach (var observer in options.Observers)
        {
            observer.Collapsed(found);
        }
    }

    private void Tell(long step, Dictionary<string, double> values)
    {
        foreach (var observer in options.Observers)
        {
            observer.Logged(step, values);
        }
    }

    /// <summary>Returns false when it was cancelled: the run that goes on from here makes the check.</summary>
    private bool MeasureIfDue(long done, CancellationToken cancellation)
    {
        if (options.Settings.KnnEvery == 0 || done == 0 || done % options.Settings.KnnEvery != 0 || _knn.LastStep >= done)
        {
            return true;
        }

        try
        {
            _accuracy = options.Knn!(runner.Snapshot(), cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _knn = _knn.With(done, _accuracy.Value);
        Tell(done, new() { ["step"] = done, ["epoch"] = (double)done / loader.StepsPerEpoch, ["knn"] = _accuracy.Value });
        return true;
    }

    private void Save(long done)
    {
        if (done == _saved && _knn == _savedKnn)
        {
            return;
        }

        var tensors = runner.Snapshot();
        if (tensors.FirstOrDefault(tensor => tensor.Type == DType.Float && !TensorPrimitives.IsFiniteAll(tensor.Floats)) is { } broken)
        {
            throw Diverged($"'{broken.Name}' is not finite after step {done}.");
        }

        var checkpoint = new Checkpoint(done, options.Configuration, _knn, tensors);
        run.Checkpoints.Save(checkpoint, options.Settings.Keep);
        (_saved, _savedKnn) = (done, _knn);
        _sinceSaved.Restart();
        foreach (var observer in options.Observers)
        {
            observer.Saved(checkpoint);
        }
    }

    private Dictionary<string, double> Values(StepReport report)
    {
        var values = new Dictionary<string, double>
        {
            ["step"] = report.Step,
            ["epoch"] = report.Epoch,
            ["images_per_second"] = report.ImagesPerSecond,
            ["loader_wait"] = report.WaitShare,
            ["embedding_std"] = report.EmbeddingStd,
            ["effective_rank"] = report.EffectiveRank,
            ["embedding_scale"] = _statistics.Scale,
            ["collapse"] = (int?)report.Collapse ?? 0,
        };
        foreach (var (name, value) in _metrics.Select(name => (name, (double)runner.Metric(name)[0])).Concat(Scalars(report.Step - 1)))
        {
            values[name] = value;
        }

        return values;
    }
}
