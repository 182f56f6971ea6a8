using Jem.Graphs.Programs;
using Jem.Imaging.Files;
using Jem.Trainer.Collapse;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Formatting;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;

namespace Jem.Trainer.Training;

/// <summary>Steps, reports, checks and saves in their order, until a run is done.</summary>
/// <param name="loader">Starts at the step of the checkpoint that the runner was restored to.</param>
/// <param name="schedules">How each scalar moves.</param>
public sealed class TrainLoop(
    StepRunner runner,
    ViewLoader loader,
    IReadOnlyDictionary<string, ScheduleRecipe> schedules,
    RunFolder run,
    TrainLoopOptions options,
    ITrainingProgress progress)
{
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
        var (done, shown) = (from?.Step ?? 0, TolerantProgress.Of(progress));
        var step = new ProgramStep(runner, loader, schedules, options.LengthAt ?? (_ => options.Steps));
        var clock = new StepClock(done, options.Steps, options.Batch, options.LogEvery, () => loader.Waited);
        var reporter = new StepReporter(step, clock, options.Steps, options.Collapse, options.Observer, shown);
        var checks = new NeighbourChecks(options.Settings, options.Knn, runner.Snapshot, step.Epoch, from?.Knn ?? new KnnRecord(), options.Observer);
        var keeper = new CheckpointKeeper(run, runner.Snapshot, options.Identity, options.Settings, options.SaveEvery, from, options.Observer);
        shown.Start(done, options.Steps);
        var outcome = "Stopped";
        try
        {
            // The run may have collapsed before it was resumed, and was not to stop then.
            StopIfCollapsed(done);
            var interrupted = !checks.MakeIfDue(done, cancellation);
            if (!keeper.Holds(checks.Record))
            {
                keeper.Save(done, checks.Record);
            }

            while (done < options.Steps && !interrupted && !checks.IsStale)
            {
                if (clock.Time(() => step.Make(done)) is { } broken)
                {
                    throw keeper.Diverged(broken);
                }

                done++;
                foreach (var name in step.SwitchedOn(done))
                {
                    shown.Say($"Step {done:N0}: {name} is on from here; the loss may jump.");
                    options.Observer.Switched(done, name);
                }

                interrupted = cancellation.IsCancellationRequested && done < options.Steps;
                var last = done == options.Steps || interrupted;
                if (reporter.IsDue(done, last))
                {
                    if (clock.Time(() => step.Finish(done)) is { } late)
                    {
                        throw keeper.Diverged(late);
                    }

                    reporter.Report(done, last, checks.Accuracy);
                }

                interrupted = interrupted || !checks.MakeIfDue(done, cancellation);
                if (interrupted || done == options.Steps || checks.Record.LastStep == done || keeper.IsDue(done) || ToStopFor(done) is not null)
                {
                    keeper.Save(done, checks.Record);
                }

                StopIfCollapsed(done);
            }

            if (interrupted)
            {
                throw new OperationCanceledException($"Interrupted after step {done} of {options.Steps}; it is saved. Go on with: {run.ResumeCommand}");
            }

            outcome = done < options.Steps ? StoppedEarly(checks.Record) : options.Collapse?.Finding is null ? "Finished" : "Finished, but collapsed,";
            return done;
        }
        catch (Exception error) when (error is not (TrainingException or OperationCanceledException))
        {
            if (error is not IOException full || !Disk.IsFull(full))
            {
                // An image that is gone, or memory of the device that is taken, say: what was learnt until now is kept.
                keeper.TrySave(done, checks.Record);
            }

            throw keeper.Failed(done, error);
        }
        finally
        {
            // Whatever happened, a terminal gets its cursor back.
            shown.Finish($"{outcome} after step {done:N0} of {options.Steps:N0}; {Duration.Text(clock.Elapsed)} of training.{checks.Text}{CollapseText}");
        }
    }

    private static string StoppedEarly(KnnRecord record) =>
        $"Stopped early, {record.Stale} checks without a better accuracy than {record.BestAccuracy:F3} (step {record.BestStep:N0}),";

    private string CollapseText => options.Collapse?.Finding is { } finding ? $" Warning: {finding.Brief}." : "";

    // A run whose last step is done is finished, whatever it has come to.
    private CollapseFinding? ToStopFor(long done) => options.Settings.StopOnCollapse && done < options.Steps ? options.Collapse?.Finding : null;

    private void StopIfCollapsed(long done)
    {
        if (ToStopFor(done) is { } collapse)
        {
            throw new CollapseException(
                $"{collapse.Text} Stopped after step {done} of {options.Steps}, as --stop-on-collapse asks; it is saved. "
                + $"Start anew with what helps, or go on all the same with: {run.ResumeCommand} --stop-on-collapse false");
        }
    }
}
