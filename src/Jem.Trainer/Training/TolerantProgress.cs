namespace Jem.Trainer.Training;

/// <summary>
/// Shows progress for as long as it can be shown: a terminal that was closed, or a full disk behind the output, ends no run and hides no error.
/// </summary>
internal sealed class TolerantProgress(ITrainingProgress inner) : ITrainingProgress
{
    private bool _failed;

    /// <summary>The progress itself if it is tolerant already.</summary>
    public static TolerantProgress Of(ITrainingProgress progress) => progress as TolerantProgress ?? new TolerantProgress(progress);

    public void Start(long step, long totalSteps) => Try(() => inner.Start(step, totalSteps));

    public void Report(in StepReport report)
    {
        var copy = report;
        Try(() => inner.Report(copy));
    }

    public void Say(string message) => Try(() => inner.Say(message));

    public void Warn(string message) => Try(() => inner.Warn(message));

    public void Finish(string message) => Try(() => inner.Finish(message));

    private void Try(Action show)
    {
        try
        {
            if (!_failed)
            {
                show();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failed = true;
        }
    }
}
