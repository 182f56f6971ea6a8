using System.Diagnostics;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Training;

/// <summary>How long a loop trains and how often it reports.</summary>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="LogEvery">Steps between lines of <c>metrics.jsonl</c>; slow steps have more of them.</param>
/// <param name="CheckpointEvery">Steps between checkpoints; the last step always has one.</param>
/// <param name="KeepCheckpoints">How many of them are kept.</param>
public sealed record TrainLoopOptions(long Steps, int Batch, ulong Seed, int LogEvery = 10, long CheckpointEvery = 1000, int KeepCheckpoints = 2);

/// <summary>Feeds batches and schedules to a program, step by step, and writes down what it reports.</summary>
public sealed class TrainLoop(StepRunner runner, ViewLoader loader, IReadOnlyDictionary<string, ScheduleRecipe> schedules, RunFolder run, TrainLoopOptions options, ITrainingProgress progress)
{
    // However long steps take, a person sees that it goes on.
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_logEvery = TimeSpan.FromSeconds(15);

    private readonly Stopwatch _clock = new();
    private readonly string[] _metrics = [.. runner.Stage.Outputs
        .Where(output => output is { Role: Role.Metric, Dtype: "float32" } && output.Shape.All(dimension => dimension == 1)).Select(output => output.Name)];
    private EmbeddingStatistics _statistics;
    private long _logged;
    private TimeSpan _loggedAt;
    private TimeSpan _reportedAt;
    private TimeSpan _waited;

    /// <summary>Runs all steps, or until it is cancelled; then the step in hand is finished and saved.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the message names the checkpoint.</exception>
    /// <exception cref="TrainingException">The loss is not finite.</exception>
    public void Run(CancellationToken cancellation)
    {
        using var metrics = new MetricsLog(run.Metrics);
        progress.Start(options.Steps);
        _clock.Start();
        var done = 0L;
        try
        {
            var interrupted = false;
            while (done < options.Steps && !interrupted)
            {
                Step(done);
                done++;
                interrupted = cancellation.IsCancellationRequested && done < options.Steps;
                var last = done == options.Steps || interrupted;
                Report(done, last, metrics);
                if (done % options.CheckpointEvery == 0 || last)
                {
                    Save(done);
                }
            }

            if (interrupted)
            {
                throw new OperationCanceledException($"Interrupted after step {done} of {options.Steps}; its checkpoint is in {run.Checkpoints}.");
            }
        }
        finally
        {
            // Whatever happened, a terminal gets its cursor back.
            progress.Finish(done == options.Steps ? $"{done:N0} steps in {Duration.Text(_clock.Elapsed)}." : $"Stopped after step {done:N0} of {options.Steps:N0}.");
        }
    }

    private void Step(long step)
    {
        using var batch = loader.Next(CancellationToken.None);
        batch.Views.CopyTo(runner.Batch("views"));
        foreach (var (name, value) in Scalars(step))
        {
            runner.SetScalar(name, value);
        }

        runner.Step();
        var loss = runner.Metric("loss")[0];
        if (!float.IsFinite(loss))
        {
            throw new TrainingException($"The loss is {loss} at step {step + 1}. {(Directory.Exists(run.Checkpoints) ? $"The last good checkpoint is in {run.Checkpoints}. " : "")}Try a lower learning rate (--set optimizer.learning_rate=…), a longer warm-up, or --set optimizer.clip=1.");
        }
    }

    // A warm-up longer than the run would never reach the peak.
    private double Warmup(ScheduleRecipe recipe) => Math.Min(recipe.WarmupEpochs * loader.StepsPerEpoch, options.Steps / 10.0);

    private void Report(long done, bool last, MetricsLog metrics)
    {
        var now = _clock.Elapsed;
        var log = last || done == 1 || done % options.LogEvery == 0 || now - _loggedAt >= s_logEvery;
        if (!log && now - _reportedAt < s_reportEvery)
        {
            return;
        }

        var shape = runner.MetricShape("embedding");
        if (log)
        {
            _statistics = EmbeddingStatistics.Of(runner.Metric("embedding"), (int)shape[0], (int)shape[1]);
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
            (options.Steps - done) * (now / done),
            _statistics.StandardDeviation,
            _statistics.EffectiveRank,
            (int)shape[1]);
        progress.Report(report);
        _reportedAt = now;
        if (log)
        {
            metrics.Write(Values(report));
            (_logged, _loggedAt, _waited) = (done, now, loader.Waited);
        }
    }

    private IEnumerable<(string Name, double Value)> Scalars(long step) =>
        schedules.Select(schedule => (schedule.Key, Schedule.Value(schedule.Value, step, options.Steps, Warmup(schedule.Value))));

    private void Save(long done)
    {
        new Checkpoint(done, loader.StepsPerEpoch, options.Seed, runner.Snapshot()).Save(run.Checkpoints);
        Checkpoint.Prune(run.Checkpoints, options.KeepCheckpoints);
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
        };
        foreach (var (name, value) in _metrics.Select(name => (name, (double)runner.Metric(name)[0])).Concat(Scalars(report.Step - 1)))
        {
            values[name] = value;
        }

        return values;
    }
}
