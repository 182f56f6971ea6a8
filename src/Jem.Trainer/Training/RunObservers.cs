using Jem.Trainer.Reporting;
using Jem.Trainer.Reporting.TensorBoard;
using Jem.Trainer.Runs;
using Jem.Trainer.State;
using Jem.Trainer.Training.Collapse;

namespace Jem.Trainer.Training;

/// <summary>Keeps the run's page up to date, as often as costs little.</summary>
internal sealed class ReportObserver(RunReport report, CancellationToken cancellation) : IRunObserver
{
    public void Logged(long step, IReadOnlyDictionary<string, double> values)
    {
        try
        {
            report.RefreshWhenDue(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The run ends after this step; its last page is written then.
        }
    }
}

/// <summary>Hands a run's numbers to TensorBoard.</summary>
internal sealed class TensorBoardObserver(TensorBoardLog log) : IRunObserver
{
    public void Logged(long step, IReadOnlyDictionary<string, double> values) => log.Write(step, values);
}

/// <summary>Says how far the run is, for whoever looks at its folder.</summary>
/// <param name="saved">The step of the newest checkpoint; 0 if there is none.</param>
internal sealed class StatusObserver(RunFolder run, CollapseMonitor collapse, long saved) : IRunObserver
{
    private long _saved = saved;

    public void Saved(Checkpoint checkpoint)
    {
        _saved = checkpoint.Step;
        Write();
    }

    public void Collapsed(CollapseFinding finding) => Write();

    public void Write() => RunStatus.Write(run, RunStatus.Running, _saved, "", collapse.Finding?.Text ?? "");
}
