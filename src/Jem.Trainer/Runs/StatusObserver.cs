using Jem.Trainer.Collapse;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary>Says how far the run is, for whoever looks at its folder.</summary>
public sealed class StatusObserver(RunFolder run, CollapseMonitor collapse) : IRunObserver
{
    private long _saved;

    public void Began(long done)
    {
        _saved = done;
        Write();
    }

    public void Saved(Checkpoint checkpoint)
    {
        _saved = checkpoint.Step;
        Write();
    }

    public void Collapsed(CollapseFinding finding) => Write();

    private void Write() => RunStatus.Write(run, RunStatus.Running, _saved, "", collapse.Finding?.Text ?? "");
}
