namespace Jem.Trainer.Training.Progress;

/// <summary>Says nothing: for scripts and tests.</summary>
public sealed class QuietProgress : ITrainingProgress
{
    public void Start(long step, long totalSteps)
    {
    }

    public void Report(in StepReport report)
    {
    }

    public void Finish(string message)
    {
    }
}
