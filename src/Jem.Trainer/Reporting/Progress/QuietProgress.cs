using Jem.Trainer.Training;

namespace Jem.Trainer.Reporting.Progress;

/// <summary>Says nothing but warnings: for scripts and tests.</summary>
/// <param name="warn">Told what a person should know.</param>
public sealed class QuietProgress(Action<string>? warn = null) : ITrainingProgress
{
    public void Start(long step, long totalSteps)
    {
    }

    public void Report(in StepReport report)
    {
    }

    public void Warn(string message) => warn?.Invoke(message);

    public void Finish(string message)
    {
    }
}
