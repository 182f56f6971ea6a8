using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

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

    public void Ended(bool exported)
    {
        if (exported)
        {
            report.Refresh(CancellationToken.None);
        }
        else
        {
            report.RefreshNumbers();
        }
    }
}
