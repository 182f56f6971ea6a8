using Jem.Trainer.Collapse;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Training;

/// <summary>Reports steps: to a person often; to the run's observers at logged steps, with the collapse that these show.</summary>
internal sealed class StepReporter(ProgramStep step, StepClock clock, long steps, CollapseMonitor? collapse, IRunObserver observer, ITrainingProgress progress)
{
    private EmbeddingStatistics _statistics;

    /// <summary>Whether a step is reported to anyone.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="last">Whether no step follows for now: it is logged in any case.</param>
    public bool IsDue(long done, bool last) => last || clock.IsLogged(done) || clock.IsReported;

    /// <summary>Reports a step that is due and done.</summary>
    /// <param name="accuracy">The last one by nearest neighbours.</param>
    /// <inheritdoc cref="IsDue"/>
    public void Report(long done, bool last, double? accuracy)
    {
        var log = last || clock.IsLogged(done);
        var found = log ? Look(done) : null;
        var (speed, waiting, left) = clock.Pace(done);
        var report = new StepReport(
            done,
            steps,
            step.Epoch(done),
            step.Loss,
            step.LearningRate(done),
            speed,
            waiting,
            left,
            _statistics.StandardDeviation,
            _statistics.EffectiveRank,
            step.Dimension)
        { Knn = accuracy, Collapse = collapse?.Finding?.Kind };
        progress.Report(report);
        clock.Reported();
        if (found is not null)
        {
            progress.Warn(found.Text);
            observer.Collapsed(found);
        }

        if (log)
        {
            observer.Logged(done, Values(report));
            clock.Logged(done);
        }
    }

    private CollapseFinding? Look(long done)
    {
        _statistics = step.Embeddings();
        return collapse?.See(new CollapsePoint(done, step.Loss, _statistics.StandardDeviation, _statistics.EffectiveRank, _statistics.Scale));
    }

    private Dictionary<string, double> Values(StepReport report)
    {
        var values = new Dictionary<string, double>
        {
            [MetricNames.Step] = report.Step,
            [MetricNames.Epoch] = report.Epoch,
            [MetricNames.ImagesPerSecond] = report.ImagesPerSecond,
            [MetricNames.LoaderWait] = report.WaitShare,
            [MetricNames.EmbeddingStd] = report.EmbeddingStd,
            [MetricNames.EffectiveRank] = report.EffectiveRank,
            [MetricNames.EmbeddingScale] = _statistics.Scale,
            [MetricNames.Collapse] = (int?)report.Collapse ?? 0,
        };
        foreach (var (name, value) in step.Figures(report.Step))
        {
            values[name] = value;
        }

        return values;
    }
}
