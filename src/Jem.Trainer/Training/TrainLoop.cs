using System.Diagnostics;
using Jem.Graphs.Methods;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Training;

/// <summary>How long a loop trains and how often it reports.</summary>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="LogEvery">Steps between lines of <c>metrics.jsonl</c>.</param>
/// <param name="CheckpointEvery">Steps between checkpoints; the last step always has one.</param>
/// <param name="KeepCheckpoints">How many of them are kept.</param>
public sealed record TrainLoopOptions(long Steps, int Batch, ulong Seed, int LogEvery = 10, long CheckpointEvery = 1000, int KeepCheckpoints = 2);

/// <summary>Feeds batches and schedules to a program, step by step, and writes down what it reports.</summary>
public sealed class TrainLoop(StepRunner runner, ViewLoader loader, IReadOnlyDictionary<string, ScheduleRecipe> schedules, RunFolder run, TrainLoopOptions options, ITrainingProgress progress)
{
    private readonly Stopwatch _clock = new();
    private long _logged;
    private TimeSpan _loggedAt;
    private TimeSpan _waited;

    /// <summary>Runs all steps, or until it is cancelled; then the step in hand is finished and saved.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the message names the checkpoint.</exception>
    /// <exception cref="TrainingException">The loss is not finite.</exception>
    public void Run(CancellationToken cancellation)
    {
        using var metrics = new MetricsLog(run.Metrics);
        progress.Start(options.Steps);
        _clock.Start();
        for (var step = 0L; step < options.Steps; step++)
        {
            Step(step);
            var done = step + 1;
            var last = done == options.Steps || cancellation.IsCancellationRequested;
            if (done % options.LogEvery == 0 || last || done == 1)
            {
                var report = Report(done);
                progress.Report(report);
                metrics.Write(Values(report));
            }

            if (done % options.CheckpointEvery == 0 || last)
            {
                Save(done);
            }

            if (cancellation.IsCancellationRequested && done < options.Steps)
            {
                progress.Finish($"Interrupted after step {done}; saved in {run.Checkpoints}.");
                throw new OperationCanceledException($"Interrupted after step {done} of {options.Steps}; its checkpoint is in {run.Checkpoints}.");
            }
        }

        progress.Finish($"{options.Steps:N0} steps in {_clock.Elapsed:hh\\:mm\\:ss}.");
    }

    private void Step(long step)
    {
        using var batch = loader.Next(CancellationToken.None);
        batch.Views.CopyTo(runner.Batch("views"));
        foreach (var (name, recipe) in schedules)
        {
            runner.SetScalar(name, Schedule.Value(recipe, step, options.Steps, Warmup(recipe)));
        }

        runner.Step();
        var loss = runner.Metric("loss")[0];
        if (!float.IsFinite(loss))
        {
            throw new TrainingException($"The loss is {loss} at step {step + 1}. The last good checkpoint is kept. Try a lower learning rate (--set optimizer.learning_rate=…), a longer warm-up, or --set optimizer.clip=1.");
        }
    }

    // A warm-up longer than the run would never reach the peak.
    private double Warmup(ScheduleRecipe recipe) => Math.Min(recipe.WarmupEpochs * loader.StepsPerEpoch, options.Steps / 10.0);

    private StepReport Report(long done)
    {
        var (now, waited) = (_clock.Elapsed, loader.Waited);
        var seconds = (now - _loggedAt).TotalSeconds;
        var embeddings = runner.MetricShape("embedding");
        var statistics = EmbeddingStatistics.Of(runner.Metric("embedding"), (int)embeddings[0], (int)embeddings[1]);
        var schedule = schedules.First().Value;
        var report = new StepReport(
            done,
            options.Steps,
            (double)done / loader.StepsPerEpoch,
            runner.Metric("loss")[0],
            Schedule.Value(schedule, done - 1, options.Steps, Warmup(schedule)),
            (done - _logged) * options.Batch / seconds,
            (waited - _waited).TotalSeconds / seconds,
            (options.Steps - done) * (now / done),
            statistics.StandardDeviation,
            statistics.EffectiveRank,
            (int)embeddings[1]);
        (_logged, _loggedAt, _waited) = (done, now, waited);
        return report;
    }

    private void Save(long done)
    {
        new Checkpoint(done, loader.StepsPerEpoch, options.Seed, runner.Snapshot()).Save(run.Checkpoints);
        Checkpoint.Prune(run.Checkpoints, options.KeepCheckpoints);
    }

    private static Dictionary<string, double> Values(StepReport report) => new()
    {
        ["step"] = report.Step,
        ["epoch"] = report.Epoch,
        ["loss"] = report.Loss,
        ["learning_rate"] = report.LearningRate,
        ["images_per_second"] = report.ImagesPerSecond,
        ["loader_wait"] = report.WaitShare,
        ["embedding_std"] = report.EmbeddingStd,
        ["effective_rank"] = report.EffectiveRank,
    };
}
